/** Benchmarks of parts of the core, in its package because what they measure is internal to it. */
@NullMarked
package io.picomux.core;

import org.jspecify.annotations.NullMarked;
