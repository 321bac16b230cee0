/** Streams of Netty's HTTP/2, served and used by handlers in its event loops. */
@NullMarked
package io.picomux.benchmarks.http2;

import org.jspecify.annotations.NullMarked;
