package io.picomux;

import java.util.concurrent.Executor;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * What a session needs from the process that it runs in.
 *
 * @param executor runs callbacks and completes futures
 * @param threads makes the reader and the writer of a transport that is not a socket channel
 * @param frameListener is told of every frame, or null
 */
record SessionOptions(
    Executor executor, ThreadFactory threads, @Nullable FrameListener frameListener) {}
