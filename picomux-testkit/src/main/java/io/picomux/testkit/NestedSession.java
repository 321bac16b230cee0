package io.picomux.testkit;

import io.picomux.MuxStream;
import io.picomux.PicoMux;
import io.picomux.PicoMuxBuilder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.function.UnaryOperator;

/**
 * A session of the library whose transport is a stream of another session. Made by {@link
 * Simulation#over}. Not thread-safe.
 */
public final class NestedSession {
  private static final int READ_BYTES = 64 << 10;

  private final MuxStream stream;
  private final Carrier carrier = new Carrier();
  private final EngineHosting host;
  private final PicoMux mux;
  private UnaryOperator<byte[]> tampering = UnaryOperator.identity();
  private long deliveredBytes;

  NestedSession(
      Simulation simulation, String name, long seed, MuxStream stream, PicoMuxBuilder builder) {
    this.stream = stream;
    host = new EngineHosting(name, simulation, seed, carrier, carrier::close);
    mux = host.begin(builder);
    stream.onReadable(carrier::read);
    stream.onWritable(carrier::write);
  }

  /** Returns the session. */
  public PicoMux mux() {
    return mux;
  }

  /** Returns the bytes that have come for it so far. */
  public long deliveredBytes() {
    return deliveredBytes;
  }

  /**
   * Lets the process of this session stand still; that of the session below is another matter.
   *
   * @param nanos how long, from now
   */
  public void suspend(long nanos) {
    host.suspend(nanos);
  }

  /**
   * Changes what is sent, for tests of what notices that.
   *
   * @param change gets whole frames, one or several, and returns what goes into the stream instead
   */
  public void tamper(UnaryOperator<byte[]> change) {
    tampering = change;
  }

  /** Moves bytes between the session and the stream. */
  private final class Carrier implements Outlet {
    private final ArrayDeque<ByteBuffer> unsent = new ArrayDeque<>();
    private boolean ending;
    private boolean closing;
    private boolean over;

    @Override
    public boolean hasRoom() {
      return unsent.isEmpty() && !over;
    }

    @Override
    public void send(byte[] frames) {
      unsent.add(ByteBuffer.wrap(tampering.apply(frames)));
      write();
    }

    @Override
    public void end() {
      ending = true;
      write();
    }

    /** The session is over: what it has sent still goes out, what comes is discarded. */
    void close() {
      closing = true;
      write();
    }

    private void write() {
      if (over) {
        return;
      }
      boolean wasFull = !unsent.isEmpty();
      try {
        while (!unsent.isEmpty()) {
          ByteBuffer next = unsent.element();
          if (stream.tryWrite(next) == 0 && next.hasRemaining()) {
            return;
          }
          if (!next.hasRemaining()) {
            unsent.remove();
          }
        }
      } catch (IOException e) {
        fail(e);
        return;
      }
      endOutput();
      if (wasFull) {
        host.onRoom();
      }
    }

    private void endOutput() {
      if (closing) {
        over = true;
        stream.close();
      } else if (ending) {
        stream.shutdownOutput();
      }
    }

    private void read() {
      try {
        int n = 0;
        while (!over && n >= 0) {
          ByteBuffer bytes = ByteBuffer.allocate(READ_BYTES);
          n = stream.tryRead(bytes);
          if (n == 0) {
            return;
          }
          if (n > 0) {
            deliveredBytes += n;
            host.onBytes(bytes.flip());
          }
        }
        if (!over) {
          host.onEnd();
        }
      } catch (IOException e) {
        fail(e);
      }
    }

    private void fail(IOException cause) {
      over = true;
      unsent.clear();
      host.onFailure(cause);
      stream.close();
    }
  }
}
