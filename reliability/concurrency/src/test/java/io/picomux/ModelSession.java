package io.picomux;

import io.picomux.core.Command;
import io.picomux.core.FrameEncoder;
import io.picomux.core.LivenessConfig;
import io.picomux.core.MuxConfig;
import io.picomux.core.MuxLimits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.ThreadFactory;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A session without threads, clock and connection, so that a model checker decides who does what
 * when: the threads of a test are its reader, its writer and its application. Callbacks run where
 * they are due.
 *
 * <p>What it writes is kept, and written by whoever has the role, as over a socket channel that is
 * never full.
 */
class ModelSession implements Driver {
  /** What is encoded at once, as in {@link NioDriver}. */
  private static final int ROUND_BYTES = 64 << 10;

  /** Ids come from it; any value does. */
  private static final long SEED = 42;

  private static final PicoMux HANDLE = handle();

  /** Executors and threads of a session that a model checker can see. */
  private static final ThreadFactory NO_THREADS =
      task -> {
        throw new IllegalStateException("a session of the model has no threads of its own");
      };

  final Session session;
  private final WriterRole role = new WriterRole();
  private final ByteBuffer round = ByteBuffer.allocate(ROUND_BYTES + Session.LONGEST_FRAME_BYTES);
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  ModelSession(MuxLimits limits) {
    MuxConfig config = MuxConfig.DEFAULT.withLimits(limits).withLiveness(LivenessConfig.DEFAULT);
    try {
      session =
          new Session(
              HANDLE,
              config,
              new SessionOptions(Runnable::run, NO_THREADS, null),
              SEED,
              newSession -> this);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Only asked for by {@code MuxStream.session()}, which no model does. */
  private static PicoMux handle() {
    try {
      PicoMux handle =
          PicoMux.over(
              java.io.InputStream.nullInputStream(), java.io.OutputStream.nullOutputStream());
      handle.abort();
      return handle;
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Opens a stream, for which there is room. */
  MuxStream open(byte[] metadata) throws SessionException {
    MuxStream stream = session.open(metadata);
    if (stream == null) {
      throw new IllegalStateException("there is no room in the queue");
    }
    return stream;
  }

  /** The peer sends a frame; by the thread that plays the reader. */
  void receive(Command command, int streamId, byte[] body) {
    session.onInput(ByteBuffer.wrap(FrameEncoder.encode(command, streamId, body)));
  }

  /** The peer grants credit; by the thread that plays the reader. */
  void grant(int streamId, int frames) {
    receive(Command.MORE, streamId, new byte[] {(byte) frames, (byte) (frames >>> 8)});
  }

  /** Returns the bytes of streams that the session has written. */
  byte[] dataWritten() {
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    dataFrames((frames, bodyBytes) -> {
      byte[] body = new byte[bodyBytes];
      frames.get(frames.position(), body);
      data.writeBytes(body);
    });
    return data.toByteArray();
  }

  /** Returns how many frames with bytes of streams the session has written. */
  int dataFramesWritten() {
    int[] count = new int[1];
    dataFrames((frames, bodyBytes) -> count[0]++);
    return count[0];
  }

  private void dataFrames(ObjIntConsumer<ByteBuffer> consumer) {
    ByteBuffer frames = ByteBuffer.wrap(written.toByteArray()).order(ByteOrder.LITTLE_ENDIAN);
    while (frames.hasRemaining()) {
      long header = frames.getLong();
      int bodyBytes = (int) (header >>> 16) & 0xFFFF;
      if ((int) (header >>> 8 & 0xFF) == Command.PSH.code()) {
        consumer.accept(frames, bodyBytes);
      }
      frames.position(frames.position() + bodyBytes);
    }
  }

  @Override
  public void requestWrite(int callerBytes) {
    if (!role.takeOrLeaveNote()) {
      return;
    }
    while (true) {
      role.lookAnew();
      session.fill(round.clear(), ROUND_BYTES);
      if (round.flip().hasRemaining()) {
        written.write(round.array(), 0, round.limit());
        continue;
      }
      session.onDrained();
      if (role.release()) {
        return;
      }
    }
  }

  @Override
  public void start() {}

  @Override
  public void pauseReading(long nanos) {}

  @Override
  public boolean isOwnThread() {
    return false;
  }

  @Override
  public void setDeadline(long nanoTime) {}

  @Override
  public void shutdownOutput() {}

  @Override
  public void close() {}

  @Override
  public @Nullable SocketAddress remoteAddress() {
    return null;
  }
}
