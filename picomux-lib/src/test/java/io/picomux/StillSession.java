package io.picomux;

import io.picomux.core.Command;
import io.picomux.core.FrameEncoder;
import io.picomux.core.MuxConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/** A session that gets from a test what it reads, over a driver that moves nothing. */
record StillSession(PicoMux mux, Session session) implements AutoCloseable {

  static StillSession over(MuxConfig config, Driver driver) throws IOException {
    return over(config, driver, System::nanoTime);
  }

  /** Makes one for which the time is that of a clock. */
  static StillSession over(MuxConfig config, Driver driver, LongSupplier nanoClock)
      throws IOException {
    SessionOptions options =
        new SessionOptions(
            Runnable::run, Thread.ofVirtual().factory(), null, nanoClock, ProcessMemory.SHARED);
    AtomicReference<Session> made = new AtomicReference<>();
    PicoMux mux =
        new PicoMux(
            config,
            options,
            1,
            of -> {
              made.set(of);
              return driver;
            });
    return new StillSession(mux, made.get());
  }

  /** Takes in one frame of the peer. */
  void receive(Command command, int streamId, int bodyBytes) {
    session.onInput(ByteBuffer.wrap(FrameEncoder.encode(command, streamId, new byte[bodyBytes])));
  }

  @Override
  public void close() {
    mux.abort();
  }
}
