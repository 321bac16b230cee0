package io.picomux.reliability.attacks;

import io.picomux.core.Command;
import io.picomux.core.MuxLimits;
import io.picomux.core.Violation;
import java.io.IOException;
import java.util.List;
import java.util.function.BiConsumer;

/** Attacks with SYN and FIN: rows 4 to 7. */
final class OpenAttacks {
  /**
   * Streams that are opened before the victim is asked whether it keeps up: half its accept queue.
   */
  private static final int BATCH_STREAMS = 500;

  /** Live streams that a peer may have. */
  private static final int MAX_STREAMS = MuxLimits.DEFAULT.maxInboundStreams();

  /** Streams beyond those that are tried at least. */
  private static final int KNOCKS = 100;

  /** Refusals that are waited for: below what may be owed at a time, 65,536. */
  private static final int REFUSED_BATCH = 16_384;

  static final List<Attack> ALL =
      List.of(
          new Attack(
              4,
              "syn-flood",
              "SYNs without end; the refusals are not read",
              Attack.Holds.CONTROL_STATE,
              Violation.REFUSAL_FLOOD,
              OpenAttacks::floodWithSyns),
          new Attack(
              4,
              "syn-hoard",
              "SYNs as fast as an application accepts them that closes none, and then on",
              Attack.Holds.UNREAD_DATA,
              null,
              OpenAttacks::hoard),
          new Attack(
              5,
              "rapid-reset",
              "SYN and FIN in turn for ever new streams, which the application drops",
              Attack.Holds.CONTROL_STATE,
              null,
              OpenAttacks::resetRapidly),
          new Attack(
              6,
              "id-churn",
              "SYNs with ever new ids to a full accept queue; each refusal is read",
              Attack.Holds.CONTROL_STATE,
              null,
              OpenAttacks::churnIds),
          new Attack(
              7,
              "duplicate-syn",
              "a SYN for a stream that is open",
              Attack.Holds.CONTROL_STATE,
              Violation.DUPLICATE_SYN,
              peer -> {
                peer.send(new FrameBuffer().syn(5, "hold a").syn(5, "hold b"));
                peer.awaitEnd();
              }));

  private OpenAttacks() {}

  private static void floodWithSyns(HostilePeer peer) throws IOException {
    FrameBuffer syns = new FrameBuffer();
    int id = 1;
    while (peer.mayGoOn()) {
      syns.clear();
      while (syns.size() < PingAttacks.PIECE_BYTES) {
        syns.syn(id++, "");
      }
      peer.send(syns);
    }
  }

  /**
   * Opens streams with consecutive ids that the application keeps, no faster than it accepts them,
   * and no more than it may.
   *
   * @param opening appends what opens the stream of an id
   */
  static void openHeld(HostilePeer peer, int streams, BiConsumer<FrameBuffer, Integer> opening)
      throws IOException, InterruptedException {
    FrameBuffer batch = new FrameBuffer();
    int marks = 0;
    for (int id = 1; id <= streams; ) {
      batch.clear();
      for (int i = 0; i < BATCH_STREAMS && id <= streams; i++) {
        opening.accept(batch, id++);
      }
      // The application drops this one when it has accepted the others.
      peer.send(batch.syn(--marks, "gone"));
      peer.awaitReceived(Command.FIN, -marks);
      peer.send(batch.clear().frame(Command.FIN, marks));
    }
    peer.roundTrip();
  }

  private static void hoard(HostilePeer peer) throws IOException, InterruptedException {
    openHeld(peer, MAX_STREAMS - 1, (frames, id) -> frames.syn(id, "hold a"));
    FrameBuffer syns = new FrameBuffer();
    for (int id = MAX_STREAMS; id < MAX_STREAMS + KNOCKS || peer.mayGoOn(); id++) {
      // The hoard lies there, and knocks.
      peer.send(syns.clear().syn(id, "hold a"));
      peer.roundTrip();
    }
  }

  private static void resetRapidly(HostilePeer peer) throws IOException, InterruptedException {
    FrameBuffer churn = new FrameBuffer();
    int id = 1;
    while (peer.mayGoOn()) {
      churn.clear();
      for (int i = 0; i < BATCH_STREAMS; i++) {
        churn.syn(id, "gone").frame(Command.FIN, id++);
      }
      peer.send(churn);
      peer.awaitReceived(Command.FIN, id - 1);
    }
  }

  private static void churnIds(HostilePeer peer) throws IOException, InterruptedException {
    peer.send(new FrameBuffer().syn(0, "never-accept"));
    peer.roundTrip();
    FrameBuffer syns = new FrameBuffer();
    int id = 1;
    while (peer.mayGoOn()) {
      syns.clear();
      for (int i = 0; i < REFUSED_BATCH; i++) {
        syns.syn(id++, "");
      }
      long refused = peer.received(Command.FIN);
      peer.send(syns);
      // The first ones fill the queue.
      peer.awaitReceived(Command.FIN, refused + REFUSED_BATCH - (refused == 0 ? 1024 : 0));
    }
  }
}
