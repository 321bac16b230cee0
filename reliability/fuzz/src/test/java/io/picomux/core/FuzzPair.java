package io.picomux.core;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.List;

/**
 * Two {@link FuzzEnd}s and the link between them, on one clock. Nothing happens by itself: frames
 * are handed to the link and taken from it when the target says so. Not thread-safe.
 */
final class FuzzPair {
  /** One direction: what was sent and has not arrived. */
  private static final class Pipe {
    final ArrayDeque<ByteBuffer> pieces = new ArrayDeque<>();

    void put(Command command, int streamId, byte[] body) {
      pieces.add(ByteBuffer.wrap(FrameEncoder.encode(command, streamId, body)));
    }
  }

  private final Pipe toServer = new Pipe();
  private final Pipe toClient = new Pipe();
  private final FuzzEnd client;
  private final FuzzEnd server;

  FuzzPair(MuxConfig clientConfig, MuxConfig serverConfig) {
    client = new FuzzEnd(clientConfig, 1, true, toServer::put);
    server = new FuzzEnd(serverConfig, 2, true, toClient::put);
  }

  List<FuzzEnd> ends() {
    return List.of(client, server);
  }

  FuzzEnd end(boolean first) {
    return first ? client : server;
  }

  /** Lets up to so many bytes that an end has sent arrive; returns whether there were any. */
  boolean deliver(FuzzEnd from, int bytes) {
    Pipe pipe = from == client ? toServer : toClient;
    FuzzEnd to = from == client ? server : client;
    int left = bytes;
    while (left > 0 && !pipe.pieces.isEmpty()) {
      ByteBuffer first = pipe.pieces.element();
      int length = Math.min(left, first.remaining());
      to.receive(first.slice(first.position(), length));
      first.position(first.position() + length);
      if (!first.hasRemaining()) {
        pipe.pieces.remove();
      }
      left -= length;
    }
    endTogether();
    return left < bytes;
  }

  void pass(long nanos) {
    client.pass(nanos);
    server.pass(nanos);
    endTogether();
  }

  /** Lets time pass until the next deadline of either end. */
  void passToDeadline() {
    long next = Math.min(client.core.nextDeadlineNanos(), server.core.nextDeadlineNanos());
    if (next != DeadlineHeap.NEVER) {
      pass(Math.max(0, next - client.nowNanos));
    }
  }

  /** The transport breaks: what is under way is lost, and both ends are told. */
  void cut(FuzzEnd first) {
    toServer.pieces.clear();
    toClient.pieces.clear();
    first.end(SessionEnd.TRANSPORT_FAILED);
    endTogether();
  }

  private void endTogether() {
    if ((client.endReason == null) != (server.endReason == null)) {
      client.end(SessionEnd.TRUNCATED);
      server.end(SessionEnd.TRUNCATED);
      client.tellStreams();
      server.tellStreams();
    }
  }

  /** Lets the link and the readers go on until nothing moves, nor will without the application. */
  void readAll() {
    boolean moved = true;
    for (int round = 0; moved; round++) {
      if (round > 1_000_000) {
        throw new AssertionError("the ends never stop sending");
      }
      moved = false;
      for (FuzzEnd end : ends()) {
        moved |= end.send(1000) > 0;
        moved |= deliver(end, Integer.MAX_VALUE);
        moved |= end.accept() != null;
        for (FuzzStream stream : end.streams) {
          moved |= !stream.unread.isEmpty();
          stream.read(Integer.MAX_VALUE);
        }
      }
      moved = moved || passToTurn();
    }
  }

  /** Lets time pass where a stream waits for credit that others have and leave unused. */
  private boolean passToTurn() {
    long next = Math.min(turnNanos(client), turnNanos(server));
    if (next == DeadlineHeap.NEVER) {
      return false;
    }
    pass(Math.max(0, next - client.nowNanos));
    return true;
  }

  private static long turnNanos(FuzzEnd end) {
    return end.core.isEnded() ? DeadlineHeap.NEVER : end.core.receiving.deadlineNanos();
  }

  /** Like {@link #readAll} after everything was closed; returns whether a stream still lives. */
  boolean settle() {
    readAll();
    for (FuzzEnd end : ends()) {
      end.streams.forEach(FuzzStream::close);
    }
    readAll();
    return client.core.liveStreams() + server.core.liveStreams() > 0;
  }

  void check() {
    for (FuzzEnd end : ends()) {
      ProtocolViolationException violation = end.violation;
      if (violation != null) {
        throw new AssertionError("an honest peer is accused", violation);
      }
      end.check();
    }
  }

  /**
   * Compares what was written at one end with what has come to the other; to be called when nothing
   * moves and before the applications are closed by force.
   */
  void checkDelivery() {
    for (FuzzStream sender : client.streams) {
      compare(sender, server);
    }
    for (FuzzStream sender : server.streams) {
      compare(sender, client);
    }
  }

  private static void compare(FuzzStream sender, FuzzEnd to) {
    for (FuzzStream receiver : to.streams) {
      if (receiver.core().id() == sender.core().id() && !receiver.closed) {
        compare(sender, receiver);
      }
    }
  }

  private static void compare(FuzzStream sender, FuzzStream receiver) {
    long written = sender.writtenBytes;
    long arrived = receiver.arrivedBytes;
    sender.must(arrived <= written, arrived + " bytes came, but " + written + " were written");
    if (arrived < written) {
      boolean endSeen = receiver.peerFinished && receiver.core().receiveFailure() == null;
      // What was under way when the session broke is lost; a writer whose FIN went with it has
      // left, so only the reader can be told.
      boolean readerTold = sender.finSent && receiver.core().receiveFailure() != null;
      sender.must(
          sender.core().sendFailure() != null || readerTold,
          (endSeen ? "the end came after " : "nothing moves after ")
              + arrived
              + " of "
              + written
              + " bytes, and the writer was not told");
      sender.must(
          !endSeen || !sender.resetSentBeforeFin,
          "the peer was told of the reset, but its reader saw an ordinary end");
    } else if (sender.finSent && receiver.end.endReason == null) {
      receiver.must(receiver.peerFinished, "FIN was sent and has not come");
    }
  }
}
