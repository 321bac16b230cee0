/** The command {@code picomux}: its arguments and what it shows. */
@NullMarked
package io.picomux.cli;

import org.jspecify.annotations.NullMarked;
