package io.picomux.simulation;

import io.picomux.MuxStream;
import io.picomux.PicoMux;
import io.picomux.SessionException;
import io.picomux.StreamException;
import io.picomux.core.CoreStats;
import io.picomux.core.SessionEnd;
import io.picomux.core.StreamFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A session of the library. Not thread-safe. */
final class EngineEndpoint implements Endpoint {
  private final PicoMux mux;
  private final Consumer<Throwable> onDefect;
  private @Nullable Accepted handler;
  private boolean accepting = true;
  private boolean waiting;
  private @Nullable SessionEnd end;

  EngineEndpoint(PicoMux mux, Consumer<Throwable> onDefect) {
    this.mux = mux;
    this.onDefect = onDefect;
    CompletableFuture<?> unused =
        mux.onTermination().whenComplete((cause, failure) -> end = cause.reason());
  }

  /** The library logs what a callback throws; here it is a finding. */
  private void guard(Runnable callback) {
    try {
      callback.run();
    } catch (Throwable e) {
      onDefect.accept(e);
    }
  }

  @Override
  public void open(byte[] metadata, Consumer<@Nullable StreamPort> then) {
    CompletableFuture<?> unused =
        mux.openAsync(metadata)
            .whenComplete((stream, failure) ->
                guard(() -> {
                  requireTyped(failure);
                  then.accept(stream == null ? null : new Port(stream));
                }));
  }

  private static void requireTyped(@Nullable Throwable failure) {
    if (failure != null && !(failure instanceof SessionException)) {
      throw new Finding("a future fails without a type: " + failure, failure);
    }
  }

  @Override
  public void onStream(Accepted newHandler) {
    handler = newHandler;
    acceptNext();
  }

  private void acceptNext() {
    Accepted to = handler;
    if (waiting || !accepting || to == null) {
      return;
    }
    waiting = true;
    CompletableFuture<?> unused =
        mux.acceptAsync()
            .whenComplete((stream, failure) ->
                guard(() -> {
                  waiting = false;
                  requireTyped(failure);
                  if (stream != null) {
                    to.accept(stream.metadata(), new Port(stream));
                    acceptNext();
                  }
                }));
  }

  @Override
  public void setAccepting(boolean on) {
    accepting = on;
    acceptNext();
  }

  @Override
  public void ping(Runnable done) {
    CompletableFuture<?> unused =
        mux.pingAsync()
            .whenComplete((roundTrip, failure) ->
                guard(() -> {
                  requireTyped(failure);
                  done.run();
                }));
  }

  @Override
  public void setDebloat(boolean on) {
    mux.setDebloat(on);
  }

  @Override
  public void setLiveness(long pingMillis, long timeoutMillis) {
    mux.setLiveness(EndSettings.liveness(pingMillis, timeoutMillis));
  }

  @Override
  public void close() {
    mux.closeAsync();
  }

  @Override
  public void drain(long millis) {
    mux.drainAsync(Duration.ofMillis(millis));
  }

  @Override
  public void abort() {
    mux.abort();
  }

  @Override
  public boolean isAlive() {
    return mux.isAlive();
  }

  @Override
  public @Nullable SessionEnd end() {
    return end;
  }

  @Override
  public CoreStats stats() {
    return mux.stats().core();
  }

  @Override
  public long queuedBytes() {
    return mux.stats().queuedBytes();
  }

  @Override
  public long undeliveredBytes() {
    return mux.stats().undeliveredBytes();
  }

  private final class Port implements StreamPort {
    private final MuxStream stream;

    Port(MuxStream stream) {
      this.stream = stream;
    }

    @Override
    public void write(ByteBuffer source) throws FailedException {
      try {
        stream.tryWrite(source);
      } catch (IOException e) {
        throw typed(e);
      }
    }

    @Override
    public int read(ByteBuffer target) throws FailedException {
      try {
        return stream.tryRead(target);
      } catch (IOException e) {
        throw typed(e);
      }
    }

    private static FailedException typed(IOException failure) {
      return switch (failure) {
        case StreamException e -> new FailedException(e.reason().name());
        case SessionException e -> new FailedException("SESSION_" + e.reason().name());
        default -> throw new Finding("a stream fails without a type: " + failure, failure);
      };
    }

    @Override
    public void listen(Runnable readable, Runnable writable) {
      stream.onReadable(() -> guard(readable));
      stream.onWritable(() -> guard(writable));
    }

    @Override
    public @Nullable String sendFailure() {
      try {
        stream.tryWrite(ByteBuffer.allocate(0));
        return null;
      } catch (StreamException e) {
        return e.reason() == StreamFailure.CLOSED ? null : e.reason().name();
      } catch (IOException e) {
        return typed(e).getMessage();
      }
    }

    @Override
    public boolean hasFailedToReceive() {
      try {
        stream.tryRead(ByteBuffer.allocate(0));
        return false;
      } catch (IOException e) {
        return true;
      }
    }

    @Override
    public void finish(boolean mayHold) {
      if (mayHold) {
        stream.shutdownOutput();
      } else {
        stream.shutdownOutputNow();
      }
    }

    @Override
    public void close() {
      stream.close();
    }

    @Override
    public void reset() {
      stream.reset();
    }

    @Override
    public int id() {
      return stream.id();
    }

    @Override
    public int sendCredit() {
      return stream.stats().sendCreditFrames();
    }

    @Override
    public int receiveCredit() {
      return stream.stats().receiveCreditFrames();
    }
  }
}
