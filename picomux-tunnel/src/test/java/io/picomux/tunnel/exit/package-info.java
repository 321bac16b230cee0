/** Tests of the exit. */
@NullMarked
package io.picomux.tunnel.exit;

import org.jspecify.annotations.NullMarked;
