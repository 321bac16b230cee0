package io.picomux.reliability.attacks;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/**
 * What hostile peers have sent, and when, so that the same bytes can be sent again at the same
 * times to something else. Not thread-safe: one connection at a time.
 *
 * <p>Distinct content is kept up to a bound; what comes after that is replayed with the sizes and
 * times that it had and the content of the last piece that was kept.
 */
public final class Tape {
  /**
   * Content that is kept; chosen by judgement: more than an attack with ever new bytes sends in 1
   * s.
   */
  private static final long KEPT_BYTES = 256L << 20;

  private record Piece(long atNanos, ByteBuffer content, int length) {}

  private final long startNanoTime = System.nanoTime();
  private final List<Connection> connections = new ArrayList<>();
  private ByteBuffer last = ByteBuffer.allocate(1);
  private long keptBytes;

  /** What was done on one connection. */
  private static final class Connection {
    final List<Piece> pieces = new ArrayList<>();
    boolean awaitsEnd;
  }

  /** A new connection begins. */
  void onConnect() {
    connections.add(new Connection());
  }

  /** The peer reads until the other side has closed the connection. */
  void onAwaitEnd() {
    connections.getLast().awaitsEnd = true;
  }

  /** So many bytes of a piece were sent. The array must not change any more. */
  void onSent(byte[] bytes, int length) {
    ByteBuffer piece = ByteBuffer.wrap(bytes);
    if (!piece.equals(last) && keptBytes < KEPT_BYTES) {
      last = piece;
      keptBytes += bytes.length;
    }
    connections.getLast().pieces.add(new Piece(System.nanoTime() - startNanoTime, last, length));
  }

  /** Returns how many bytes are on the tape. */
  public long bytes() {
    return connections.stream()
        .flatMap(connection -> connection.pieces.stream())
        .mapToLong(Piece::length)
        .sum();
  }

  /**
   * Sends everything to a sink at the times of the recording, connection by connection, and takes
   * as long as the recording did. The peers do what they did then, with the same threads, which
   * take from the neighbour as well: one that waited until the connection was closed waits until
   * the sink has done so.
   */
  public void replay(InetSocketAddress sink, Duration length)
      throws IOException, InterruptedException {
    long start = System.nanoTime();
    for (Connection connection : connections) {
      if (connection.pieces.isEmpty()) {
        continue;
      }
      waitUntil(start + connection.pieces.getFirst().atNanos());
      try (HostilePeer peer = HostilePeer.connect(sink)) {
        Assault.playOnce(peer, length.plus(Assault.GRACE), again -> play(connection, again, start));
      }
    }
    waitUntil(start + length.toNanos());
  }

  private static void play(Connection connection, HostilePeer peer, long start)
      throws IOException, InterruptedException {
    for (Piece piece : connection.pieces) {
      waitUntil(start + piece.atNanos());
      send(peer, piece);
    }
    if (connection.awaitsEnd) {
      peer.endOutput();
      peer.awaitEnd();
    }
  }

  /** Waits until a time of {@link System#nanoTime()}. */
  static void waitUntil(long nanoTime) {
    long left;
    while ((left = nanoTime - System.nanoTime()) > 0) {
      LockSupport.parkNanos(left);
    }
  }

  private static void send(HostilePeer peer, Piece piece) throws IOException {
    int left = piece.length();
    while (left > 0) {
      ByteBuffer some = piece.content().slice(0, Math.min(left, piece.content().capacity()));
      left -= some.remaining();
      peer.send(some);
    }
  }
}
