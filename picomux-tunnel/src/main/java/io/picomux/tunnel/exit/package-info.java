/** The exit of a tunnel: dials the destinations that streams ask for, as far as a policy allows. */
@NullMarked
package io.picomux.tunnel.exit;

import org.jspecify.annotations.NullMarked;
