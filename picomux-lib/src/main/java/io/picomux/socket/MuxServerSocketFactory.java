package io.picomux.socket;

import io.picomux.PicoMux;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import javax.net.ServerSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * Creates server sockets that accept the streams of one session. Safe for concurrent use.
 *
 * <p>Ports and addresses do not select anything: every server socket of a session accepts every
 * stream that its peer opens, whichever asks first. They are remembered and shown.
 */
public final class MuxServerSocketFactory extends ServerSocketFactory {
  private final SessionSource session;

  /** Creates a factory for the session that is named {@link MuxSessions#DEFAULT_NAME}. */
  public MuxServerSocketFactory() {
    this(MuxSessions.DEFAULT_NAME);
  }

  /** Creates a factory for the session that has the name when a server socket is created. */
  public MuxServerSocketFactory(String sessionName) {
    Objects.requireNonNull(sessionName, "sessionName");
    this.session = () -> MuxSessions.require(sessionName);
  }

  /** Creates a factory for a session. */
  public MuxServerSocketFactory(PicoMux session) {
    Objects.requireNonNull(session, "session");
    this.session = () -> session;
  }

  /** Returns a factory for the session that is named {@link MuxSessions#DEFAULT_NAME}. */
  public static ServerSocketFactory getDefault() {
    return new MuxServerSocketFactory();
  }

  /** Creates a server socket that accepts after {@link MuxServerSocket#bind}. */
  @Override
  public MuxServerSocket createServerSocket() throws IOException {
    return new MuxServerSocket(session.get(), null);
  }

  /** Creates a server socket that accepts. */
  @Override
  public MuxServerSocket createServerSocket(int port) throws IOException {
    return new MuxServerSocket(session.get(), new InetSocketAddress(port));
  }

  /**
   * Creates a server socket that accepts. The backlog has no effect: the session's own limit holds.
   */
  @Override
  public MuxServerSocket createServerSocket(int port, int backlog) throws IOException {
    return createServerSocket(port);
  }

  /**
   * Creates a server socket that accepts. The backlog has no effect: the session's own limit holds.
   */
  @Override
  public MuxServerSocket createServerSocket(int port, int backlog, @Nullable InetAddress ifAddress)
      throws IOException {
    return new MuxServerSocket(session.get(), new InetSocketAddress(ifAddress, port));
  }
}
