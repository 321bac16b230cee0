package io.picomux.reliability.attacks;

import io.picomux.core.Violation;
import io.picomux.core.WireFormat;
import java.io.IOException;
import java.util.List;

/** Attacks with credit and small data: rows 8 to 12. */
final class CreditAttacks {
  /** Nearly as many as a session may have. */
  private static final int STREAMS = 16_000;

  static final List<Attack> ALL =
      List.of(
          new Attack(
              8,
              "more-overflow",
              "17 MOREs of 65,535 frames for one stream",
              Attack.Holds.CONTROL_STATE,
              Violation.CREDIT_OVERFLOW,
              peer -> {
                FrameBuffer frames = new FrameBuffer().syn(1, "hold a");
                for (int i = 0; i < 17; i++) {
                  frames.more(1, WireFormat.MAX_MORE_FRAMES);
                }
                peer.send(frames);
                peer.awaitEnd();
              }),
          new Attack(
              9,
              "more-flood",
              "MOREs of one frame without end",
              Attack.Holds.CONTROL_STATE,
              Violation.MORE_FLOOD,
              peer -> {
                peer.send(new FrameBuffer().syn(1, "hold a"));
                peer.flood(new FrameBuffer().more(1, 1).repeated(PingAttacks.PIECE_BYTES));
              }),
          new Attack(
              10,
              "window-overrun",
              "one data frame more than there is credit for",
              Attack.Holds.UNREAD_DATA,
              Violation.WINDOW_OVERRUN,
              peer -> {
                FrameBuffer frames = new FrameBuffer().syn(1, "hold a");
                for (int i = 0; i <= WireFormat.INITIAL_WINDOW_FRAMES; i++) {
                  frames.data(1, WireFormat.DATA_BODY_BYTES);
                }
                peer.send(frames);
                peer.awaitEnd();
              }),
          new Attack(
              11,
              "small-frames",
              "ten data frames of one byte on each of 16,000 streams that nobody reads",
              Attack.Holds.UNREAD_DATA,
              null,
              CreditAttacks::sendSmallFrames),
          new Attack(
              12,
              "empty-frames",
              "data frames without data, as fast as credit comes for them",
              Attack.Holds.CONTROL_STATE,
              Violation.EMPTY_FRAME_FLOOD,
              CreditAttacks::sendEmptyFrames));

  private CreditAttacks() {}

  private static void sendSmallFrames(HostilePeer peer) throws IOException, InterruptedException {
    OpenAttacks.openHeld(
        peer,
        STREAMS,
        (frames, id) -> {
          frames.syn(id, "hold a");
          for (int i = 0; i < WireFormat.INITIAL_WINDOW_FRAMES; i++) {
            frames.data(id, 1);
          }
        });
  }

  private static void sendEmptyFrames(HostilePeer peer) throws IOException, InterruptedException {
    FrameBuffer frames = new FrameBuffer().syn(1, "sink");
    long credit = WireFormat.INITIAL_WINDOW_FRAMES;
    long sent = 0;
    while (peer.mayGoOn()) {
      for (; sent < credit; sent++) {
        frames.data(1, 0);
      }
      peer.send(frames);
      frames.clear();
      peer.awaitCredit(credit - WireFormat.INITIAL_WINDOW_FRAMES + 1);
      credit = WireFormat.INITIAL_WINDOW_FRAMES + peer.receivedCredit();
    }
  }
}
