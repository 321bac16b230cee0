/** SOCKS5 proxy, port forwarding and exit over picomux sessions, embeddable in other programs. */
@NullMarked
package io.picomux.tunnel;

import org.jspecify.annotations.NullMarked;
