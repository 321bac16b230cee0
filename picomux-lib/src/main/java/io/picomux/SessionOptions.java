package io.picomux;

import io.picomux.engine.SharedMemory;
import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What a session needs from the process that it runs in.
 *
 * @param executor runs callbacks and completes futures
 * @param threads makes the reader and the writer of a transport that is not a socket channel
 * @param frameListener is told of every frame, or null
 * @param nanoClock the time, as {@link System#nanoTime()} has it
 * @param memory what the session shares with others
 */
record SessionOptions(
    Executor executor,
    ThreadFactory threads,
    @Nullable FrameListener frameListener,
    LongSupplier nanoClock,
    SharedMemory memory) {

  /** The clock and the memory of the process. */
  SessionOptions(Executor executor, ThreadFactory threads, @Nullable FrameListener frameListener) {
    this(executor, threads, frameListener, System::nanoTime, ProcessMemory.SHARED);
  }
}
