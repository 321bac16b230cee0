/** Starts peers in turn, collects what they measure, and compares it. */
@NullMarked
package io.picomux.benchmarks.harness;

import org.jspecify.annotations.NullMarked;
