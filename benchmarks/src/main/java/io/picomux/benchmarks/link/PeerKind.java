package io.picomux.benchmarks.link;

import io.picomux.PicoMux;
import io.picomux.PicoMuxBuilder;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Properties;
import java.util.concurrent.ThreadFactory;

/**
 * What is measured by this program: what carries the streams, and on which threads they are used.
 */
public enum PeerKind {
  /** picomux over a socket channel, virtual threads. */
  PICOMUX("picomux", Carrier.SESSION_OVER_CHANNEL, true),
  /** picomux over a socket channel, platform threads. */
  PICOMUX_PLATFORM("picomux-platform", Carrier.SESSION_OVER_CHANNEL, false),
  /** picomux over the streams of a socket, virtual threads. */
  PICOMUX_STREAMS("picomux-streams", Carrier.SESSION_OVER_STREAMS, true),
  /** picomux over sockets with TLS, virtual threads. */
  PICOMUX_TLS("picomux-tls", Carrier.SESSION_OVER_TLS, true),
  /** picomux over a socket channel, callbacks on the thread that reads. */
  PICOMUX_CALLBACKS("picomux-callbacks", Carrier.SESSION_WITH_CALLBACKS, true),
  /** TCP connections, virtual threads. */
  RAW("raw", Carrier.CONNECTIONS, true),
  /** TCP connections, platform threads. */
  RAW_PLATFORM("raw-platform", Carrier.CONNECTIONS, false),
  /** Connections with TLS, virtual threads. */
  RAW_TLS("raw-tls", Carrier.TLS_CONNECTIONS, true),
  /** The HTTP/2 of Netty, on its event loops, not with blocking streams. */
  NETTY_H2("netty-h2", Carrier.HTTP2, true);

  private static final String VERSION_RESOURCE = "version.properties";

  private final String label;
  private final Carrier carrier;
  private final boolean isVirtual;

  PeerKind(String label, Carrier carrier, boolean isVirtual) {
    this.label = label;
    this.carrier = carrier;
    this.isVirtual = isVirtual;
  }

  private enum Carrier {
    SESSION_OVER_CHANNEL,
    SESSION_OVER_STREAMS,
    SESSION_OVER_TLS,
    SESSION_WITH_CALLBACKS,
    CONNECTIONS,
    TLS_CONNECTIONS,
    HTTP2
  }

  /**
   * Returns the kind with a label.
   *
   * @throws IllegalArgumentException when there is none; the message lists those there are
   */
  public static PeerKind of(String label) {
    return Arrays.stream(values())
        .filter(kind -> kind.label.equals(label))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "peer is '" + label + "', must be one of " + Arrays.toString(values())));
  }

  /** Returns the label with the version of what carries the streams. */
  public String describe() throws IOException {
    return label + " " + (isPicomux() ? libraryVersion() : "Java " + Runtime.version());
  }

  /** Returns whether streams share a session of ours, which can serve them by callbacks. */
  public boolean isPicomux() {
    return switch (carrier) {
      case SESSION_OVER_CHANNEL, SESSION_OVER_STREAMS, SESSION_OVER_TLS, SESSION_WITH_CALLBACKS ->
          true;
      case CONNECTIONS, TLS_CONNECTIONS, HTTP2 -> false;
    };
  }

  /** Returns whether handlers are called for its streams, without threads that wait. */
  public boolean isEventDriven() {
    return carrier == Carrier.HTTP2 || carrier == Carrier.SESSION_WITH_CALLBACKS;
  }

  /** Returns whether it is another multiplexer. */
  public boolean isRival() {
    return carrier == Carrier.HTTP2;
  }

  /** Returns what makes the threads that use the streams. */
  public ThreadFactory threads() {
    return isVirtual
        ? Thread.ofVirtual().name("benchmark-", 0).factory()
        : Thread.ofPlatform().daemon().name("benchmark-", 0).factory();
  }

  /**
   * Serves at an address.
   *
   * @param address with port 0 for one that is free
   * @param callbacks whether streams are served without a thread each
   * @throws IllegalArgumentException when this kind knows no callbacks and they are wanted
   */
  public Listener listen(InetSocketAddress address, boolean callbacks) throws IOException {
    PicoMuxBuilder withCallbacks = callbacks ? PicoMux.builder() : null;
    return switch (carrier) {
      case SESSION_OVER_CHANNEL ->
          MuxLink.listen(address, Sockets.CHANNELS, threads(), withCallbacks);
      case SESSION_OVER_STREAMS -> MuxLink.listen(address, Sockets.PLAIN, threads(), withCallbacks);
      case SESSION_OVER_TLS ->
          MuxLink.listen(address, Sockets.tls(BenchmarkTls.ofServer()), threads(), withCallbacks);
      case SESSION_WITH_CALLBACKS ->
          MuxLink.listen(address, Sockets.CHANNELS, threads(), CallbackSessions.settings());
      case CONNECTIONS -> {
        requireNo(callbacks);
        yield RawLink.listen(address, Sockets.PLAIN, threads());
      }
      case TLS_CONNECTIONS -> {
        requireNo(callbacks);
        yield RawLink.listen(address, Sockets.tls(BenchmarkTls.ofServer()), threads());
      }
      case HTTP2 -> throw elsewhere();
    };
  }

  /** Connects to a server of this kind. */
  public Connection connect(InetSocketAddress address) throws IOException {
    return switch (carrier) {
      case SESSION_OVER_CHANNEL -> MuxLink.connect(address, Sockets.CHANNELS);
      case SESSION_OVER_STREAMS -> MuxLink.connect(address, Sockets.PLAIN);
      case SESSION_OVER_TLS -> MuxLink.connect(address, Sockets.tls(BenchmarkTls.ofClient()));
      case CONNECTIONS -> RawLink.connect(address, Sockets.PLAIN, threads());
      case TLS_CONNECTIONS ->
          RawLink.connect(address, Sockets.tls(BenchmarkTls.ofClient()), threads());
      case SESSION_WITH_CALLBACKS, HTTP2 -> throw elsewhere();
    };
  }

  private static void requireNo(boolean callbacks) {
    if (callbacks) {
      throw new IllegalArgumentException("TCP connections are not served by callbacks");
    }
  }

  private IllegalStateException elsewhere() {
    return new IllegalStateException(label + " has no blocking streams");
  }

  private static String libraryVersion() throws IOException {
    Properties properties = new Properties();
    try (InputStream in = PeerKind.class.getResourceAsStream(VERSION_RESOURCE)) {
      if (in == null) {
        throw new IOException("the resource " + VERSION_RESOURCE + " is missing");
      }
      properties.load(in);
    }
    return properties.getProperty("version", "unknown");
  }

  @Override
  public String toString() {
    return label;
  }
}
