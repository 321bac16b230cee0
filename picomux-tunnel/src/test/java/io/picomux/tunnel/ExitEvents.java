package io.picomux.tunnel;

import io.picomux.PicoMux;
import io.picomux.tunnel.exit.ExitListener;
import io.picomux.tunnel.exit.RefusedException;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Keeps what an exit tells, for tests to wait for. */
final class ExitEvents implements ExitListener {

  private static final long LIMIT_SECONDS = 30;

  /** The end of a connected stream. */
  record Disconnected(
      Destination destination, long bytesUp, long bytesDown, @Nullable IOException failure) {}

  private final BlockingQueue<RefusedException> refused = new LinkedBlockingQueue<>();
  private final BlockingQueue<Disconnected> disconnected = new LinkedBlockingQueue<>();

  @Override
  public void refused(PicoMux session, RefusedException refusal) {
    refused.add(refusal);
  }

  @Override
  public void disconnected(
      PicoMux session,
      Destination destination,
      long bytesUp,
      long bytesDown,
      @Nullable IOException failure) {
    disconnected.add(new Disconnected(destination, bytesUp, bytesDown, failure));
  }

  RefusedException awaitRefused() throws InterruptedException {
    return await(refused, "a refusal");
  }

  Disconnected awaitDisconnected() throws InterruptedException {
    return await(disconnected, "the end of a stream");
  }

  static <T> T await(BlockingQueue<T> events, String what) throws InterruptedException {
    T event = events.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
    if (event == null) {
      throw new AssertionError("no sign of " + what + " within " + LIMIT_SECONDS + " s");
    }
    return event;
  }
}
