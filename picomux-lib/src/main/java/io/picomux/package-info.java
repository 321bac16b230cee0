/** Sessions and streams of the picomux multiplexer over sockets, channels and pipes. */
@NullMarked
package io.picomux;

import org.jspecify.annotations.NullMarked;
