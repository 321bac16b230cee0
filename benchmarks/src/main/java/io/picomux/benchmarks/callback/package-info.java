/** Streams of picomux that are served and used by callbacks on the thread that reads. */
@NullMarked
package io.picomux.benchmarks.callback;

import org.jspecify.annotations.NullMarked;
