package io.picomux;

import io.picomux.core.FinMode;
import io.picomux.core.LivenessConfig;
import io.picomux.core.MuxConfig;
import io.picomux.core.MuxLimits;
import io.picomux.core.WindowPolicy;
import io.picomux.engine.EngineAccess;
import io.picomux.engine.EngineHost;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import org.jspecify.annotations.Nullable;

/**
 * Collects the settings of sessions and begins them; one builder may begin many. Not thread-safe
 * while it is being changed.
 */
public final class PicoMuxBuilder {
  /** How long a connection may take by default; chosen by judgement: a few lost packets. */
  private static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(10);

  private static final byte[] NO_BYTES = {};
  private static final SecureRandom SEEDS = new SecureRandom();
  private static final Executor VIRTUAL_THREADS = Executors.newVirtualThreadPerTaskExecutor();

  static {
    EngineAccess.setStarter((builder, host) -> beginOn(host, (PicoMuxBuilder) builder));
  }

  private MuxConfig config = MuxConfig.DEFAULT;
  private Executor executor = VIRTUAL_THREADS;
  private ThreadFactory threads = Thread.ofVirtual().factory();
  private Duration connectTimeout = DEFAULT_CONNECT_TIMEOUT;
  private @Nullable FrameListener frameListener;
  private byte[] early = NO_BYTES;

  PicoMuxBuilder() {}

  /** Returns a copy, for settings of one session among many. */
  public PicoMuxBuilder copy() {
    PicoMuxBuilder copy = new PicoMuxBuilder();
    copy.config = config;
    copy.executor = executor;
    copy.threads = threads;
    copy.connectTimeout = connectTimeout;
    copy.frameListener = frameListener;
    copy.early = early;
    return copy;
  }

  /** Sets the bounds; default {@link MuxLimits#DEFAULT}. */
  public PicoMuxBuilder limits(MuxLimits limits) {
    config = config.withLimits(limits);
    return this;
  }

  /** Sets how a dead peer is noticed; default {@link LivenessConfig#DEFAULT}. */
  public PicoMuxBuilder liveness(LivenessConfig liveness) {
    config = config.withLiveness(liveness);
    return this;
  }

  /** Sets what FIN means; default {@link FinMode#AUTO}. */
  public PicoMuxBuilder finMode(FinMode finMode) {
    config = config.withFinMode(finMode);
    return this;
  }

  /** Sets how far receive windows open; default {@link WindowPolicy#PATH}. */
  public PicoMuxBuilder windowPolicy(WindowPolicy policy) {
    config = config.withWindowPolicy(policy);
    return this;
  }

  /** Sets whether the session begins with the crate's debloat rule; default false. */
  public PicoMuxBuilder debloat(boolean on) {
    config = config.withDebloat(on);
    return this;
  }

  /**
   * Grants credit as the Rust crate does, up to its window targets, and sends no field in PING that
   * the crate does not know, so that half-close is only learned from what the peer does. What the
   * crate gets wrong is not imitated, and a call that waits for long still asks for a sign of life,
   * see {@link LivenessConfig#waitProbeNanos()}.
   */
  public PicoMuxBuilder crateProfile() {
    config = config.withWindowPolicy(WindowPolicy.CRATE).withOfferHalfClose(false);
    return this;
  }

  /**
   * Sets who runs callbacks and completes futures; default a virtual thread for each.
   *
   * <p>An executor that runs them where it is called, such as {@code Runnable::run}, runs them on
   * threads that move the bytes of many sessions: they must be quick, and must not wait in calls
   * such as {@link MuxStream#read} or {@link MuxStream#write}, nor in {@link PicoMux#open} while
   * the session's queue is full; {@link MuxStream#tryRead} and {@link MuxStream#tryWrite} never
   * wait. No thread has to be woken then, which is most of what short exchanges take: with
   * callbacks at both ends these go on about three times as fast. What a callback writes, opens or
   * closes leaves when all callbacks have run that the same input of the peer has called, or with
   * {@link MuxStream#flush}. Much data is moved without queues in between where {@link
   * MuxStream#onReadable} reads and {@link MuxStream#onWritable} writes it, in pieces of 8 KiB or
   * more from arrays.
   */
  public PicoMuxBuilder executor(Executor newExecutor) {
    executor = Objects.requireNonNull(newExecutor);
    return this;
  }

  /**
   * Sets who makes the two threads of a session whose transport is not a socket channel; default
   * virtual threads.
   */
  public PicoMuxBuilder threadFactory(ThreadFactory factory) {
    threads = Objects.requireNonNull(factory);
    return this;
  }

  /** Sets who is told of every frame; default nobody. */
  public PicoMuxBuilder frameListener(@Nullable FrameListener listener) {
    frameListener = listener;
    return this;
  }

  /**
   * Sets how long {@link #connect} may take.
   *
   * @param timeout default 10 s, {@link Duration#ZERO} for no limit of ours
   * @throws IllegalArgumentException when the timeout is negative
   */
  public PicoMuxBuilder connectTimeout(Duration timeout) {
    if (timeout.isNegative()) {
      throw new IllegalArgumentException("timeout is " + timeout + ", must not be negative");
    }
    connectTimeout = timeout;
    return this;
  }

  /**
   * Sets bytes that were already read from the connection, while a protocol was chosen for
   * instance: the next session that this builder begins takes them as the first ones from the peer,
   * and later sessions do not.
   */
  public PicoMuxBuilder alreadyRead(byte[] bytes) {
    early = bytes.clone();
    return this;
  }

  /**
   * Connects by TCP.
   *
   * @throws java.net.SocketTimeoutException when that takes too long
   * @throws IOException when there is no connection
   */
  public PicoMux connect(SocketAddress address) throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.socket().connect(address, millis(connectTimeout));
      return over(channel);
    } catch (IOException | RuntimeException | Error e) {
      channel.close();
      throw e;
    }
  }

  /**
   * Begins a session over a connected channel. It becomes the session's and is switched to
   * non-blocking mode; an idle session then holds no thread.
   *
   * @throws java.nio.channels.NotYetConnectedException when the channel is not connected
   * @throws IllegalStateException when the channel is registered with a selector, of another
   *     session for instance
   */
  public PicoMux over(SocketChannel channel) throws IOException {
    Objects.requireNonNull(channel);
    ByteBuffer first = takeEarly();
    return begin(session -> new NioDriver(session, channel, first));
  }

  /**
   * Begins a session over a connected socket, which becomes the session's. One that belongs to a
   * channel is used like that; any other, such as a TLS socket, gets a thread for each direction.
   */
  public PicoMux over(Socket socket) throws IOException {
    SocketChannel channel = socket.getChannel();
    return channel != null ? over(channel) : over(new StreamTransport(socket));
  }

  /**
   * Begins a session over two streams, those of a pipe or of a process for instance. They become
   * the session's, which has a thread for each. A read that cannot be ended by closing, such as of
   * {@link System#in}, may outlive the session until its next byte.
   */
  public PicoMux over(InputStream in, OutputStream out) throws IOException {
    return over(new StreamTransport(Objects.requireNonNull(in), Objects.requireNonNull(out)));
  }

  /**
   * Begins a session over a transport, which becomes the session's; it has a thread for each
   * direction.
   */
  public PicoMux over(Transport transport) throws IOException {
    Objects.requireNonNull(transport);
    ByteBuffer first = takeEarly();
    return begin(session -> new BlockingDriver(session, transport, threads, first));
  }

  private ByteBuffer takeEarly() {
    ByteBuffer first = ByteBuffer.wrap(early);
    early = NO_BYTES;
    return first;
  }

  /** Rounds up, since 0 means no limit to a socket. */
  private static int millis(Duration timeout) {
    if (timeout.compareTo(Duration.ofMillis(Integer.MAX_VALUE)) >= 0) {
      return Integer.MAX_VALUE;
    }
    return (int) timeout.plusNanos(999_999).toMillis();
  }

  private PicoMux begin(Driver.Factory drivers) throws IOException {
    SessionOptions options = new SessionOptions(executor, threads, frameListener);
    return new PicoMux(config, options, SEEDS.nextLong(), drivers);
  }

  /** Begins a session whose bytes and time are in the hands of a host. */
  private static PicoMux beginOn(EngineHost host, PicoMuxBuilder builder) throws IOException {
    SessionOptions options =
        new SessionOptions(
            builder.executor,
            builder.threads,
            builder.frameListener,
            host::nanoTime,
            host.memory());
    return new PicoMux(
        builder.config, options, host.nextSeed(), session -> new HostedDriver(session, host));
  }
}
