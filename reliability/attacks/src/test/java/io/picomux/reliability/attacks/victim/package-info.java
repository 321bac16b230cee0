/** What the victim process knows of its sessions. */
@NullMarked
package io.picomux.reliability.attacks.victim;

import org.jspecify.annotations.NullMarked;
