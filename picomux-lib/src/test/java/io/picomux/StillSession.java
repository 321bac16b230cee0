package io.picomux;

import io.picomux.core.Command;
import io.picomux.core.FrameEncoder;
import io.picomux.core.MuxConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;

/** A session that gets from a test what it reads, mostly over a driver that moves nothing. */
record StillSession(PicoMux mux, Session session) implements AutoCloseable {

  static StillSession over(MuxConfig config, Driver driver) throws IOException {
    return over(config, driver, System::nanoTime);
  }

  /** Makes one for which the time is that of a clock. */
  static StillSession over(MuxConfig config, Driver driver, LongSupplier nanoClock)
      throws IOException {
    return over(config, of -> driver, nanoClock);
  }

  /** Makes one over the driver that is made for it. */
  static StillSession over(MuxConfig config, Driver.Factory driver, LongSupplier nanoClock)
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
              return driver.create(of);
            });
    return new StillSession(mux, made.get());
  }

  /** Takes in one frame of the peer. */
  void receive(Command command, int streamId, int bodyBytes) {
    session.onInput(ByteBuffer.wrap(FrameEncoder.encode(command, streamId, new byte[bodyBytes])));
  }

  /** Takes in credit of the peer's. */
  void grant(int streamId, int frames) {
    byte[] body = {(byte) frames, (byte) (frames >>> 8)};
    session.onInput(ByteBuffer.wrap(FrameEncoder.encode(Command.MORE, streamId, body)));
  }

  /** Takes one round of what is to be written; returns how many bytes it has. */
  int roundBytes() {
    ByteBuffer target = ByteBuffer.allocateDirect(Driver.ROUND_BYTES + Session.LONGEST_FRAME_BYTES);
    session.fill(target, Driver.ROUND_BYTES);
    return target.position();
  }

  @Override
  public void close() {
    mux.abort();
  }
}
