/**
 * Streams of Netty's HTTP/2, served and used by handlers in its event loops, as its users do: a
 * thread that waits for each stream would measure the way between the threads.
 */
@NullMarked
package io.picomux.benchmarks.http2;

import org.jspecify.annotations.NullMarked;
