package io.picomux.tunnel.exit;

import io.picomux.Duplex;
import io.picomux.MuxStream;
import io.picomux.PicoMux;
import io.picomux.SessionException;
import io.picomux.SessionHandler;
import io.picomux.Splice;
import io.picomux.core.SessionEnd;
import io.picomux.log.GuardedLogger;
import io.picomux.tunnel.Destination;
import io.picomux.tunnel.TrafficCounters;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The far end of a tunnel: connects each stream of a session to the destination that its metadata
 * names, as far as the {@link ExitPolicy} allows, and moves the bytes both ways.
 *
 * <p>Metadata is the text {@code host:port} ({@link Destination}). The protocol has no answer to an
 * opening, so a stream that is refused is reset: a Java peer is told so, others see it end without
 * data. The reason is counted, logged at DEBUG and told to the {@link ExitListener}. The policy is
 * asked for every stream.
 *
 * <p>Safe for concurrent use: one exit serves any number of sessions.
 */
public final class Exit implements SessionHandler, AutoCloseable {

  /** How long dialling may take, over all addresses (chosen by judgement). */
  public static final Duration DEFAULT_CONNECT_TIMEOUT = Duration.ofSeconds(15);

  /** How long a look-up may take (chosen by judgement: two tries of the system's five seconds). */
  public static final Duration DEFAULT_RESOLVE_TIMEOUT = Duration.ofSeconds(10);

  /** Longer ones count as this: what a socket takes, 24 days. */
  private static final Duration LONGEST_TIMEOUT = Duration.ofMillis(Integer.MAX_VALUE);

  private static final System.Logger LOGGER =
      GuardedLogger.of(System.getLogger(Exit.class.getName()));

  private final ExitPolicy policy;
  private final SystemResolver systemResolver;
  private final @Nullable HostResolver otherResolver;
  private final Duration resolveTimeout;
  private final LookupTurns lookupTurns = new LookupTurns();
  private final Map<String, List<InetAddress>> hosts;
  private final Duration connectTimeout;
  private final ExitListener listener;

  private final TrafficCounters traffic = new TrafficCounters();
  private final LongAdder sessionsStarted = new LongAdder();
  private final LongAdder sessionsEnded = new LongAdder();
  private final Map<Refusal, Long> refusals = new ConcurrentHashMap<>();

  private final Set<MuxStream> serving = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  private Exit(Builder builder) {
    this.policy = builder.policy;
    this.systemResolver = new SystemResolver(builder.system);
    this.otherResolver = builder.resolver;
    this.resolveTimeout = builder.resolveTimeout;
    this.hosts = Map.copyOf(builder.hosts);
    this.connectTimeout = builder.connectTimeout;
    this.listener = builder.listener;
  }

  /** A builder of an exit that allows the public Internet. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Serves {@code session} until it is over.
   *
   * @throws IOException when the session ended otherwise than by being closed
   */
  @Override
  public void handle(PicoMux session) throws IOException {
    sessionsStarted.increment();
    tell(() -> listener.sessionStarted(session));
    SessionException end = null;
    try (Dialer dialer = new Dialer(connectTimeout);
        SessionLookups lookups = lookupsFor(session)) {
      HostResolver names =
          name -> {
            List<InetAddress> known = hosts.get(name);
            return known == null ? lookups.resolve(name) : known;
          };
      while (true) {
        MuxStream stream = session.accept();
        begin(stream, () -> serve(session, stream, names, dialer));
      }
    } catch (SessionException e) {
      end = isGoodOrder(e) ? null : e;
      if (end != null) {
        throw end;
      }
    } finally {
      sessionsEnded.increment();
      SessionException cause = end;
      tell(() -> listener.sessionEnded(session, cause));
    }
  }

  /** Serves a stream on a thread of its own; one for which there is none is reset. */
  private static void begin(MuxStream stream, Runnable serving) {
    try {
      Thread.ofVirtual()
          .name("picomux-exit-" + Integer.toUnsignedString(stream.id()))
          .start(serving);
    } catch (RuntimeException | Error e) {
      stream.reset();
      LOGGER.log(Level.ERROR, "a stream cannot be served", e);
    }
  }

  private SessionLookups lookupsFor(PicoMux session) {
    return new SessionLookups(
        lookupTurns.share(session.remoteAddress()), systemResolver, otherResolver, resolveTimeout);
  }

  /** What has been done so far. */
  public ExitStats stats() {
    long ended = sessionsEnded.sum();
    long started = sessionsStarted.sum();
    return new ExitStats(started - ended, started, traffic.traffic(), refusals);
  }

  /**
   * Gives up look-ups in progress and resets the streams that are being served, so that a session
   * that is closed in good order afterwards lets nobody take what was cut short for whole. Sessions
   * are the caller's to close.
   */
  @Override
  public void close() {
    closed = true;
    lookupTurns.close();
    systemResolver.close();
    serving.forEach(MuxStream::reset);
  }

  private void serve(PicoMux session, MuxStream stream, HostResolver names, Dialer dialer) {
    traffic.streamOpened();
    serving.add(stream);
    Runnable event = () -> {};
    boolean done = false;
    try {
      if (closed) {
        throw new RefusedException(Refusal.CLOSING, "the exit is closed");
      }
      Destination destination = destinationOf(stream);
      List<InetAddress> addresses = policy.check(destination, names);
      try (Socket socket = dialer.dial(destination.toString(), addresses, destination.port())) {
        log(session, () -> "connected to " + destination);
        tell(() -> listener.connected(session, destination));
        Splice.Result result =
            Splice.pipe(Duplex.of(stream), Duplex.of(socket), traffic::addUp, traffic::addDown);
        done = true;
        IOException failure = result.failure().orElse(null);
        log(
            session,
            () -> destination + (failure == null ? " is done" : " was cut short: " + failure));
        event =
            () ->
                listener.disconnected(
                    session,
                    destination,
                    result.firstToSecondBytes(),
                    result.secondToFirstBytes(),
                    failure);
      }
    } catch (RefusedException e) {
      stream.reset();
      refusals.merge(e.refusal(), 1L, Long::sum);
      log(session, () -> "refused, " + e.refusal().words() + ": " + e.getMessage());
      event = () -> listener.refused(session, e);
    } catch (IOException e) {
      log(session, () -> "a connection does not close: " + e);
    } catch (RuntimeException | Error e) {
      stream.reset();
      LOGGER.log(Level.ERROR, "session " + session.id() + ": a stream failed", e);
    } finally {
      // Whatever has failed, the log and the lines above among it: no end in good order without a
      // transfer.
      end(stream, done);
      traffic.streamEnded();
      serving.remove(stream);
    }
    tell(event);
  }

  private static void end(MuxStream stream, boolean done) {
    if (done) {
      stream.close();
    } else {
      stream.reset();
    }
  }

  private static void log(PicoMux session, Supplier<String> what) {
    LOGGER.log(Level.DEBUG, () -> "session " + session.id() + ": " + what.get());
  }

  private static Destination destinationOf(MuxStream stream) throws RefusedException {
    try {
      return Destination.fromMetadata(stream.metadata());
    } catch (IllegalArgumentException e) {
      throw new RefusedException(Refusal.BAD_METADATA, String.valueOf(e.getMessage()), e);
    }
  }

  private static boolean isGoodOrder(SessionException e) {
    return e.reason() == SessionEnd.CLOSED || e.reason() == SessionEnd.PEER_CLOSED;
  }

  private static void tell(Runnable event) {
    try {
      event.run();
    } catch (RuntimeException | Error e) {
      LOGGER.log(Level.ERROR, "an exit listener failed", e);
    }
  }

  /** Collects the settings of an {@link Exit}. Not thread-safe. */
  public static final class Builder {
    private ExitPolicy policy = ExitPolicy.publicInternet();
    private @Nullable HostResolver resolver;
    private HostResolver system = name -> List.of(InetAddress.getAllByName(name));
    private final Map<String, List<InetAddress>> hosts = new HashMap<>();
    private Duration resolveTimeout = DEFAULT_RESOLVE_TIMEOUT;
    private Duration connectTimeout = DEFAULT_CONNECT_TIMEOUT;
    private ExitListener listener = ExitListener.NONE;

    private Builder() {}

    /** Sets what may be dialled; the public Internet unless set. */
    public Builder policy(ExitPolicy value) {
      policy = value;
      return this;
    }

    /**
     * Sets who resolves names; the operating system unless set. It is asked for at most 64 names at
     * once, of which one session gets a share.
     */
    public Builder resolver(HostResolver value) {
      resolver = value;
      return this;
    }

    /** Sets what is asked on the threads for the operating system, for tests. */
    Builder system(HostResolver value) {
      system = value;
      return this;
    }

    /**
     * Adds a name that this exit knows by itself, as in a hosts file. The policy applies to it as
     * to any other.
     *
     * @param name in lower case
     * @param addresses in the order in which to try them, at least one
     */
    public Builder host(String name, List<InetAddress> addresses) {
      if (addresses.isEmpty()) {
        throw new IllegalArgumentException(name + " needs an address");
      }
      hosts.put(name, List.copyOf(addresses));
      return this;
    }

    /**
     * Sets how long a name may wait until it is looked up and, where the operating system does
     * that, for the answer; more than 0, 10 s unless set.
     */
    public Builder resolveTimeout(Duration value) {
      resolveTimeout = requirePositive(value, "resolveTimeout");
      return this;
    }

    /**
     * Sets how long dialling may take over all addresses of a destination, more than 0; 15 s unless
     * set.
     */
    public Builder connectTimeout(Duration value) {
      connectTimeout = requirePositive(value, "connectTimeout");
      return this;
    }

    /** Sets who is told of what happens; nobody unless set. */
    public Builder listener(ExitListener value) {
      listener = value;
      return this;
    }

    /** The exit. */
    public Exit build() {
      return new Exit(this);
    }

    private static Duration requirePositive(Duration value, String name) {
      if (value.isNegative() || value.isZero()) {
        throw new IllegalArgumentException(name + " is " + value + ", must be more than 0");
      }
      return value.compareTo(LONGEST_TIMEOUT) > 0 ? LONGEST_TIMEOUT : value;
    }
  }
}
