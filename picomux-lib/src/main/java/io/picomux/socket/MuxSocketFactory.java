package io.picomux.socket;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.picomux.PicoMux;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.function.Function;
import javax.net.SocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Creates sockets that are streams of one session.
 *
 * <p>Safe for concurrent use. The session is looked for when a socket is connected, not before, so
 * a factory by name outlives the sessions that it uses. What the peer is told about each stream is
 * made from the address by a function, {@link #hostAndPort} unless another is given.
 *
 * <p>Drivers that create their factory by class name give the name of a session of {@link
 * MuxSessions}. For PostgreSQL's JDBC driver:
 *
 * <pre>{@code
 * MuxSessions.register("office", mux);
 * properties.setProperty("socketFactory", MuxSocketFactory.class.getName());
 * properties.setProperty("socketFactoryArg", "office");
 * }</pre>
 */
public final class MuxSocketFactory extends SocketFactory {
  private final SessionSource session;
  private final Function<? super InetSocketAddress, byte[]> metadata;

  /** Creates a factory for the session that is named {@link MuxSessions#DEFAULT_NAME}. */
  public MuxSocketFactory() {
    this(MuxSessions.DEFAULT_NAME);
  }

  /** Creates a factory for the session that has the name when a socket is connected. */
  public MuxSocketFactory(String sessionName) {
    this(sessionName, MuxSocketFactory::hostAndPort);
  }

  /**
   * Creates a factory for the session that has the name when a socket is connected.
   *
   * @param metadata makes the metadata of a stream from the address, at most 65,535 bytes
   */
  public MuxSocketFactory(
      String sessionName, Function<? super InetSocketAddress, byte[]> metadata) {
    Objects.requireNonNull(sessionName, "sessionName");
    this.session = () -> MuxSessions.require(sessionName);
    this.metadata = Objects.requireNonNull(metadata, "metadata");
  }

  /** Creates a factory for a session. */
  public MuxSocketFactory(PicoMux session) {
    this(session, MuxSocketFactory::hostAndPort);
  }

  /**
   * Creates a factory for a session.
   *
   * @param metadata makes the metadata of a stream from the address, at most 65,535 bytes
   */
  public MuxSocketFactory(PicoMux session, Function<? super InetSocketAddress, byte[]> metadata) {
    Objects.requireNonNull(session, "session");
    this.session = () -> session;
    this.metadata = Objects.requireNonNull(metadata, "metadata");
  }

  /**
   * Returns a factory for the session that is named {@link MuxSessions#DEFAULT_NAME}; libraries
   * that are told a class name and nothing else call this.
   */
  public static SocketFactory getDefault() {
    return new MuxSocketFactory();
  }

  /**
   * Returns the metadata that asks an exit to dial an address: the text {@code host:port} in UTF-8,
   * which is Geph's convention. The host is the name that the address was made from, whether it is
   * resolved or not, so the exit resolves it; without one it is the literal address, an IPv6 one in
   * brackets and without the scope, which means nothing elsewhere.
   */
  public static byte[] hostAndPort(InetSocketAddress address) {
    String host = address.getHostString();
    if (host.indexOf(':') >= 0) {
      int scope = host.indexOf('%');
      host = "[" + (scope < 0 ? host : host.substring(0, scope)) + "]";
    }
    return (host + ":" + address.getPort()).getBytes(UTF_8);
  }

  /** Creates a socket that opens its stream when it is connected. */
  @Override
  public MuxSocket createSocket() throws IOException {
    return new MuxSocket(session, metadata);
  }

  /** Creates a socket that is connected. The name is not resolved here. */
  @Override
  public MuxSocket createSocket(String host, int port) throws IOException {
    return connect(InetSocketAddress.createUnresolved(host, port), null);
  }

  /**
   * Creates a socket that is connected. The name is not resolved here; the local address is
   * remembered and has no effect.
   */
  @Override
  public MuxSocket createSocket(
      String host, int port, @Nullable InetAddress localHost, int localPort) throws IOException {
    InetSocketAddress local = new InetSocketAddress(localHost, localPort);
    return connect(InetSocketAddress.createUnresolved(host, port), local);
  }

  /** Creates a socket that is connected. */
  @Override
  public MuxSocket createSocket(InetAddress host, int port) throws IOException {
    return connect(new InetSocketAddress(host, port), null);
  }

  /** Creates a socket that is connected; the local address is remembered and has no effect. */
  @Override
  public MuxSocket createSocket(
      InetAddress address, int port, @Nullable InetAddress localAddress, int localPort)
      throws IOException {
    InetSocketAddress local = new InetSocketAddress(localAddress, localPort);
    return connect(new InetSocketAddress(address, port), local);
  }

  private MuxSocket connect(InetSocketAddress remote, @Nullable InetSocketAddress local)
      throws IOException {
    MuxSocket socket = createSocket();
    if (local != null) {
      socket.bind(local);
    }
    socket.connect(remote);
    return socket;
  }
}
