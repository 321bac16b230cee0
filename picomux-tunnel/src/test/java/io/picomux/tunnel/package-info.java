/** Tests of the tunnel. */
@NullMarked
package io.picomux.tunnel;

import org.jspecify.annotations.NullMarked;
