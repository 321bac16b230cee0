/** How the testkit hosts sessions on a clock and a transport of its own; internal. */
@NullMarked
package io.picomux.engine;

import org.jspecify.annotations.NullMarked;
