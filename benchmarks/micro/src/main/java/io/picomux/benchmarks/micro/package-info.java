/** Runs benchmarks of parts of the core and prints what a frame takes. */
@NullMarked
package io.picomux.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
