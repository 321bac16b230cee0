/**
 * Drop-in sockets: streams of a picomux session as {@link java.net.Socket} and {@link
 * java.net.ServerSocket}.
 */
@NullMarked
package io.picomux.socket;

import org.jspecify.annotations.NullMarked;
