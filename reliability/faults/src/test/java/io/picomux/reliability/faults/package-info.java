/** Faults of the world, between real processes. */
@NullMarked
package io.picomux.reliability.faults;

import org.jspecify.annotations.NullMarked;
