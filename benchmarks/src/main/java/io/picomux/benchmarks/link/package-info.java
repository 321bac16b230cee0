/** What carries the streams that are measured: sessions of picomux, or one TCP connection each. */
@NullMarked
package io.picomux.benchmarks.link;

import org.jspecify.annotations.NullMarked;
