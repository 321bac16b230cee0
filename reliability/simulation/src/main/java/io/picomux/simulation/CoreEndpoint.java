package io.picomux.simulation;

import io.picomux.core.CoreStats;
import io.picomux.core.SessionEnd;
import io.picomux.core.StreamFailure;
import io.picomux.testkit.CoreEnd;
import io.picomux.testkit.EndStream;
import io.picomux.testkit.VirtualClock;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An end that is a bare core. Not thread-safe. */
final class CoreEndpoint implements Endpoint {
  private final CoreEnd end;
  private final VirtualClock clock;
  private final int queueBytes;
  private final List<Port> ports = new ArrayList<>();
  private @Nullable Accepted handler;
  private boolean accepting = true;

  CoreEndpoint(CoreEnd end, VirtualClock clock, EndSettings settings) {
    this.end = end;
    this.clock = clock;
    this.queueBytes = settings.streamQueueBytes();
  }

  @Override
  public void open(byte[] metadata, Consumer<@Nullable StreamPort> then) {
    then.accept(end.endReason() == null && !end.isClosing() ? new Port(end.open(metadata)) : null);
  }

  @Override
  public void onStream(Accepted newHandler) {
    handler = newHandler;
    end.onStream(this::acceptAll);
  }

  private void acceptAll() {
    EndStream stream;
    while (accepting && handler != null && !end.isClosing() && (stream = end.accept()) != null) {
      handler.accept(stream.core().metadata(), new Port(stream));
    }
  }

  @Override
  public void setAccepting(boolean on) {
    accepting = on;
    acceptAll();
  }

  @Override
  public void ping(Runnable done) {
    if (end.endReason() == null) {
      end.act(() -> end.core().requestPing(clock.nowNanos()));
    }
    done.run();
  }

  @Override
  public void setDebloat(boolean on) {
    end.act(() -> end.core().setDebloat(on));
  }

  @Override
  public void setLiveness(long pingMillis, long timeoutMillis) {
    end.act(() ->
        end.core().setLiveness(EndSettings.liveness(pingMillis, timeoutMillis), clock.nowNanos()));
  }

  @Override
  public void close() {
    end.close();
  }

  @Override
  public void drain(long millis) {
    end.act(end.core()::refuseStreams);
    clock.after(TimeUnit.MILLISECONDS.toNanos(millis), end::close);
  }

  @Override
  public void abort() {
    end.abort();
  }

  @Override
  public boolean isAlive() {
    return end.endReason() == null;
  }

  @Override
  public @Nullable SessionEnd end() {
    return end.endReason();
  }

  @Override
  public CoreStats stats() {
    return end.core().stats(clock.nowNanos());
  }

  @Override
  public long queuedBytes() {
    return 0;
  }

  @Override
  public long undeliveredBytes() {
    return ports.stream().mapToLong(port -> port.stream.undeliveredBytes()).sum();
  }

  private final class Port implements StreamPort {
    private final EndStream stream;

    Port(EndStream stream) {
      this.stream = stream;
      ports.add(this);
    }

    @Override
    public void write(ByteBuffer source) throws FailedException {
      StreamFailure failure = stream.sendFailure();
      if (failure != null) {
        throw new FailedException(failure.name());
      }
      int room = Math.max(0, queueBytes - stream.pendingBytes());
      byte[] bytes = new byte[Math.min(room, source.remaining())];
      source.get(bytes);
      if (!stream.write(bytes)) {
        if (!end.isClosing()) {
          throw new Finding("a write is refused without a reason on " + stream);
        }
        throw new FailedException("SESSION_CLOSED");
      }
    }

    @Override
    public int read(ByteBuffer target) throws FailedException {
      byte[] bytes = stream.read(target.remaining());
      target.put(bytes);
      if (bytes.length > 0) {
        return bytes.length;
      }
      StreamFailure failure = stream.receiveFailure();
      if (failure != null) {
        throw new FailedException(failure.name());
      }
      if (stream.isClosed()) {
        // By the session, or nobody would read.
        throw new FailedException(StreamFailure.CLOSED.name());
      }
      return stream.isAtEnd() ? -1 : 0;
    }

    @Override
    public void listen(Runnable readable, Runnable writable) {
      stream.onChange(() -> {
        readable.run();
        writable.run();
      });
    }

    @Override
    public @Nullable String sendFailure() {
      StreamFailure failure = stream.sendFailure();
      return failure == null || failure == StreamFailure.CLOSED ? null : failure.name();
    }

    @Override
    public boolean hasFailedToReceive() {
      return stream.receiveFailure() != null || stream.isClosed();
    }

    @Override
    public void finish(boolean mayHold) {
      stream.finish();
    }

    @Override
    public void close() {
      stream.close();
    }

    @Override
    public void reset() {
      stream.abort();
    }

    @Override
    public int id() {
      return stream.id();
    }

    @Override
    public int sendCredit() {
      return stream.core().sendCreditFrames();
    }

    @Override
    public int receiveCredit() {
      return stream.core().receiveCreditFrames();
    }
  }
}
