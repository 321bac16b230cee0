/**
 * The picomux protocol as pure code: frames, stream states, windows, scheduling and liveness,
 * without I/O, threads, clocks or randomness.
 */
@NullMarked
package io.picomux.core;

import org.jspecify.annotations.NullMarked;
