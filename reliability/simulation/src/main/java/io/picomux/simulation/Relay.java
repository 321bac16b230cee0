package io.picomux.simulation;

import io.picomux.simulation.StreamPort.FailedException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Takes the streams of one session on as streams of another, either way, as a proxy does. The end
 * of one direction ends just that direction at the other side; a failure resets both ends. Not
 * thread-safe.
 */
final class Relay {
  /** What is held of each direction at the most. */
  private static final int BUFFER_BYTES = 16 << 10;

  private final List<Map<Integer, Leg>> legs = List.of(new TreeMap<>(), new TreeMap<>());

  /**
   * Begins to relay.
   *
   * @param near the relay's end of the session of the client
   * @param far its end of the session of the server
   */
  Relay(Endpoint near, Endpoint far) {
    near.onStream((metadata, port) -> accepted(0, metadata, port, far));
    far.onStream((metadata, port) -> accepted(1, metadata, port, near));
  }

  /** Returns the relay's end of a stream in one of its sessions, or null while there is none. */
  @Nullable StreamEnd end(int hop, int number) {
    return legs.get(hop).get(number);
  }

  /** Returns whether a stream was cut short here. */
  boolean hasReset(int number) {
    Leg leg = legs.get(0).get(number);
    Leg other = legs.get(1).get(number);
    return (leg != null && leg.reset) || (other != null && other.reset);
  }

  /** A session is about to be closed in order: what goes through it is cut short. */
  void beforeClose(int hop) {
    legs.get(hop)
        .forEach((number, leg) -> {
          leg.reset();
          Leg other = legs.get(1 - hop).get(number);
          if (other != null) {
            other.reset();
          }
        });
  }

  private void accepted(int hop, byte[] metadata, StreamPort port, Endpoint onward) {
    int number = ByteBuffer.wrap(metadata).getInt();
    Leg from = new Leg(port);
    legs.get(hop).put(number, from);
    onward.open(
        metadata,
        opened -> {
          if (opened == null) {
            from.reset();
            return;
          }
          Leg to = new Leg(opened);
          legs.get(1 - hop).put(number, to);
          new Joint(from, to).begin();
        });
  }

  /** The relay's end of one stream. */
  private static final class Leg implements StreamEnd {
    private final StreamPort port;
    private boolean finished;
    private boolean atEnd;
    private boolean closed;
    private boolean reset;
    private long readBytes;

    Leg(StreamPort port) {
      this.port = port;
    }

    void reset() {
      if (!closed) {
        closed = true;
        reset = true;
        port.reset();
      }
    }

    void close() {
      if (!closed) {
        closed = true;
        port.close();
      }
    }

    @Override
    public StreamPort port() {
      return port;
    }

    @Override
    public boolean isSending() {
      return !closed && !finished;
    }

    @Override
    public boolean isReceiving() {
      return !closed && !atEnd;
    }

    @Override
    public long readBytes() {
      return readBytes;
    }
  }

  /** One stream that goes on as another. */
  private static final class Joint {
    private final Leg first;
    private final Leg second;
    private final List<Direction> directions = new ArrayList<>();

    Joint(Leg first, Leg second) {
      this.first = first;
      this.second = second;
      directions.add(new Direction(first, second));
      directions.add(new Direction(second, first));
    }

    void begin() {
      first.port.listen(() -> move(0), () -> move(1));
      second.port.listen(() -> move(1), () -> move(0));
    }

    private void move(int direction) {
      if (first.closed) {
        return;
      }
      try {
        directions.get(direction).move();
        if (first.finished && second.finished) {
          first.close();
          second.close();
        }
      } catch (FailedException e) {
        first.reset();
        second.reset();
      }
    }
  }

  /** What comes from one stream and goes to another. */
  private static final class Direction {
    private final Leg from;
    private final Leg to;
    private final ByteBuffer buffer = ByteBuffer.allocate(BUFFER_BYTES).limit(0);

    Direction(Leg from, Leg to) {
      this.from = from;
      this.to = to;
    }

    void move() throws FailedException {
      while (!to.finished) {
        if (buffer.hasRemaining()) {
          to.port.write(buffer);
          if (buffer.hasRemaining()) {
            return;
          }
        }
        int n = from.port.read(buffer.clear());
        buffer.flip();
        if (n == 0) {
          return;
        }
        if (n < 0) {
          from.atEnd = true;
          to.finished = true;
          to.port.finish(true);
        } else {
          from.readBytes += n;
        }
      }
    }
  }
}
