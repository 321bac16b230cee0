/**
 * Hostile peers against a real port.
 *
 * <p>{@link io.picomux.reliability.attacks.JavaVictim} and {@link
 * io.picomux.reliability.attacks.RustVictim} are processes under attack, {@link
 * io.picomux.reliability.attacks.HostilePeer} attacks, {@link
 * io.picomux.reliability.attacks.HonestNeighbour} uses the same process meanwhile and checks every
 * byte. {@link io.picomux.reliability.attacks.AttackCatalogue} lists the attacks; both the tests
 * and the program {@link io.picomux.reliability.attacks.AttackProgram} play them from there.
 */
@NullMarked
package io.picomux.reliability.attacks;

import org.jspecify.annotations.NullMarked;
