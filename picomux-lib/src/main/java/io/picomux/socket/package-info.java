/**
 * Streams as {@code java.net} sockets, for libraries that know nothing else.
 *
 * <p>{@link io.picomux.socket.MuxSocketFactory} and {@link
 * io.picomux.socket.MuxServerSocketFactory} are what a library is given; {@link
 * io.picomux.socket.MuxSessions} names sessions for drivers that create their factory by class
 * name. What the sockets throw are the types of {@code java.net}; a {@link
 * io.picomux.StreamException} or {@link io.picomux.SessionException} is their cause.
 */
@NullMarked
package io.picomux.socket;

import org.jspecify.annotations.NullMarked;
