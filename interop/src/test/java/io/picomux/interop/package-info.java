/** Tests against real peers: the picomux crate in its own language. */
@NullMarked
package io.picomux.interop;

import org.jspecify.annotations.NullMarked;
