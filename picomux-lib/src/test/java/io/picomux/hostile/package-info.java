/** Attacks on a session by a peer that sends exactly what it wants. */
@NullMarked
package io.picomux.hostile;

import org.jspecify.annotations.NullMarked;
