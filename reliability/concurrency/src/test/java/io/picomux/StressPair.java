package io.picomux;

import io.picomux.testkit.SelfSignedTls;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;

/** Two sessions that are joined, and what is known of the streams between them. */
final class StressPair {
  /**
   * How the two are joined: the selector engine, the blocking one over sockets, over TLS and over
   * pipes.
   */
  enum Kind {
    CHANNEL,
    SOCKET,
    TLS,
    PIPE
  }

  private static final SSLContext TLS_CONTEXT = tlsContext();

  private static final int PIPE_BYTES = 1 << 16;

  private static final Duration PING_TIMEOUT = Duration.ofMinutes(1);

  private final PicoMux first;
  private final PicoMux second;
  private final StressCounts counts;
  private final StressThreads threads;

  /** Sides that still accept. */
  private final AtomicInteger acceptors = new AtomicInteger(2);

  /** Both directions of each stream by its key: that of its opener first. */
  private final ConcurrentMap<Long, StressDirection[]> streams = new ConcurrentHashMap<>();

  StressPair(Kind kind, StressCounts counts, StressThreads threads, long seed) throws IOException {
    this.counts = counts;
    this.threads = threads;
    switch (kind) {
      case CHANNEL -> {
        try (ServerSocketChannel listener = ServerSocketChannel.open()) {
          listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
          SocketChannel connecting = SocketChannel.open(listener.getLocalAddress());
          first = PicoMux.over(connecting);
          second = PicoMux.over(listener.accept());
        }
      }
      case SOCKET -> {
        try (java.net.ServerSocket listener =
            new java.net.ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
          first =
              PicoMux.over(new java.net.Socket(listener.getInetAddress(), listener.getLocalPort()));
          second = PicoMux.over(listener.accept());
        }
      }
      case TLS -> {
        try (SSLServerSocket listener =
            (SSLServerSocket)
                TLS_CONTEXT
                    .getServerSocketFactory()
                    .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
          first =
              PicoMux.over(
                  TLS_CONTEXT
                      .getSocketFactory()
                      .createSocket(listener.getInetAddress(), listener.getLocalPort()));
          second = PicoMux.over(listener.accept());
        }
      }
      case PIPE -> {
        PipedInputStream firstIn = new PipedInputStream(PIPE_BYTES);
        PipedInputStream secondIn = new PipedInputStream(PIPE_BYTES);
        PipedOutputStream firstOut = new PipedOutputStream(secondIn);
        PipedOutputStream secondOut = new PipedOutputStream(firstIn);
        first = PicoMux.over(firstIn, firstOut);
        second = PicoMux.over(secondIn, secondOut);
      }
      default -> throw new AssertionError(kind);
    }
    counts.noteSession();
    // Only then both know that the other understands the notice of a reset.
    first.ping(PING_TIMEOUT);
    second.ping(PING_TIMEOUT);
    threads.start(() -> accept(first, new Random(seed)));
    threads.start(() -> accept(second, new Random(seed + 1)));
  }

  private static SSLContext tlsContext() {
    try {
      return SelfSignedTls.context("localhost");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Opens a stream from one side and lives it to its end; the other side does the same. */
  void live(long key, Random random) throws IOException {
    StressDirection out = new StressDirection(key);
    StressDirection in = new StressDirection(~key);
    streams.put(key, new StressDirection[] {out, in});
    endWhatNobodyAccepts();
    PicoMux opener = random.nextBoolean() ? first : second;
    try (MuxStream stream = opener.open(ByteBuffer.allocate(Long.BYTES).putLong(key).array())) {
      counts.noteStream();
      use(new StressEnd(stream, out, in, counts), random);
    }
  }

  private void accept(PicoMux mux, Random random) {
    while (true) {
      try {
        MuxStream stream = mux.accept();
        long key = ByteBuffer.wrap(stream.metadata()).getLong();
        StressDirection[] known = streams.remove(key);
        if (known == null) {
          throw new AssertionError(
              "a stream that nobody has opened, or one that came twice: " + key);
        }
        Random ofStream = new Random(random.nextLong());
        threads.start(() -> {
          try (stream) {
            use(new StressEnd(stream, known[1], known[0], counts), ofStream);
          }
        });
      } catch (SessionException e) {
        counts.noteFailure(e);
        acceptors.decrementAndGet();
        endWhatNobodyAccepts();
        return;
      } catch (IOException e) {
        throw new AssertionError(e);
      }
    }
  }

  /** A session that closes ends the streams that wait to be accepted: without a byte. */
  private void endWhatNobodyAccepts() {
    if (acceptors.get() == 0) {
      streams.values().forEach(each -> each[1].end().complete(new StressDirection.End(0, false)));
    }
  }

  /** Writes and reads at the same time; returns when both are over. */
  private void use(StressEnd end, Random random) {
    Random ofWriter = new Random(random.nextLong());
    Thread writer = threads.startDisturbed(() -> end.write(ofWriter));
    threads.disturbed(() -> end.read(random));
    threads.join(writer);
  }

  /** Ends the pair in one of the ways that there are. */
  void end(Random random) {
    PicoMux one = random.nextBoolean() ? first : second;
    PicoMux other = one == first ? second : first;
    switch (random.nextInt(4)) {
      case 0 -> one.abort();
      case 1 -> {
        Thread closing = threads.start(one::close);
        other.close();
        threads.join(closing);
      }
      case 2 -> one.drain(Duration.ofMillis(100));
      default -> one.close();
    }
    other.close();
  }

  /** Fails when something is left in a session that is over. */
  void checkNothingIsLeft() {
    check(first);
    check(second);
  }

  private static void check(PicoMux mux) {
    SessionStats stats = mux.stats();
    if (mux.isAlive()
        || !stats.streams().isEmpty()
        || stats.core().liveStreams() != 0
        || stats.queuedBytes() != 0) {
      throw new AssertionError("left in " + mux + ": " + stats);
    }
  }
}
