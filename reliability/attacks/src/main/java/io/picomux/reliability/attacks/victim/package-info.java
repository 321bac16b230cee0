/** The process under attack: a picomux server, a plain TCP sink, and what it tells of itself. */
@NullMarked
package io.picomux.reliability.attacks.victim;

import org.jspecify.annotations.NullMarked;
