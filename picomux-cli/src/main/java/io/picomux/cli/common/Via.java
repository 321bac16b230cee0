package io.picomux.cli.common;

import io.picomux.PicoMux;
import io.picomux.PicoMuxBuilder;
import io.picomux.SessionException;
import io.picomux.tunnel.Destination;
import io.picomux.tunnel.TunnelClient;
import io.picomux.tunnel.TunnelListener;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Locale;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The option {@code --via}: the exit, and the sessions to it. */
public final class Via {

  /** How long one attempt to connect may take (chosen by judgement). */
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);

  @Option(
      names = "--via",
      required = true,
      paramLabel = "HOST:PORT",
      converter = DestinationConverter.class,
      description = "The exit, where 'picomux serve' listens.")
  private Destination exit;

  @Mixin private CommonOptions common;

  /** Made by picocli. */
  public Via() {}

  /** The address of the exit. */
  public Destination exit() {
    return exit;
  }

  /** The options that every command has. */
  public CommonOptions common() {
    return common;
  }

  /**
   * A session with the exit, whose name is looked up anew.
   *
   * @param frames is told of the session's frames
   * @throws IOException when the exit cannot be reached
   */
  public PicoMux connect(FrameLog frames) throws IOException {
    InetSocketAddress address = new InetSocketAddress(exit.host(), exit.port());
    if (address.isUnresolved()) {
      throw new UnknownHostException("the name " + exit.host() + " has no address");
    }
    PicoMuxBuilder builder = PicoMux.builder().connectTimeout(CONNECT_TIMEOUT);
    frames.listener().ifPresent(builder::frameListener);
    return builder.connect(address);
  }

  /**
   * A client that keeps a session with the exit, and tells of that on {@code err}.
   *
   * @param frames is told of the sessions' frames
   */
  public TunnelClient tunnel(FrameLog frames, PrintWriter err) {
    return TunnelClient.builder(() -> connect(frames))
        .listener(new Narrator("picomux: ", exit, err))
        .start();
  }

  /** Tells in one line each when the exit is reached, lost, or not to be reached. */
  private record Narrator(String prefix, Destination exit, PrintWriter err)
      implements TunnelListener {

    @Override
    public void connected(PicoMux session) {
      err.println(prefix + "connected to the exit " + exit);
    }

    @Override
    public void lost(PicoMux session, IOException cause) {
      err.println(prefix + "lost the exit " + exit + ": " + cause.getMessage());
    }

    @Override
    public void retryIn(Duration delay, IOException cause) {
      // What ended a session has been told by lost().
      String what =
          cause instanceof SessionException
              ? "connecting again"
              : "cannot reach the exit " + exit + ": " + cause.getMessage() + "; next try";
      err.println(
          String.format(Locale.ROOT, "%s%s in %.1f s", prefix, what, delay.toMillis() / 1000.0));
    }
  }
}
