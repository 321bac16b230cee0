package io.picomux.reliability.attacks;

import io.picomux.core.Command;
import io.picomux.core.Violation;
import io.picomux.core.WireFormat;
import java.io.IOException;
import java.util.List;

/** Attacks with frames that mean nothing or are none: rows 17 and 18. */
final class FrameAttacks {
  static final List<Attack> ALL =
      List.of(
          new Attack(
              17,
              "odd-frames",
              "data frames, FINs and NOPs with large bodies for streams that never were",
              Attack.Holds.CONTROL_STATE,
              Violation.NOISE_FLOOD,
              peer -> {
                FrameBuffer odd =
                    new FrameBuffer()
                        .data(77, WireFormat.DATA_BODY_BYTES)
                        .frame(Command.FIN, 78)
                        .frame(Command.NOP, 0, new byte[1000]);
                peer.flood(odd.repeated(PingAttacks.PIECE_BYTES));
              }),
          new Attack(
              17,
              "late-frames",
              "data frames and FINs without end for a stream that is closed",
              Attack.Holds.CONTROL_STATE,
              null,
              FrameAttacks::sendLateFrames),
          new Attack(
              18,
              "unknown-command",
              "a frame whose command does not exist",
              Attack.Holds.CONTROL_STATE,
              Violation.UNKNOWN_COMMAND,
              peer -> sendAndAwaitEnd(peer, 1, 0x55, 0)),
          new Attack(
              18,
              "bad-version",
              "a frame of version 2",
              Attack.Holds.CONTROL_STATE,
              Violation.BAD_VERSION,
              peer -> sendAndAwaitEnd(peer, 2, Command.PSH.code(), 0)),
          new Attack(
              18,
              "bad-more-length",
              "a MORE with three bytes",
              Attack.Holds.CONTROL_STATE,
              Violation.BAD_MORE_LENGTH,
              peer -> sendAndAwaitEnd(peer, 1, Command.MORE.code(), 3)));

  private FrameAttacks() {}

  private static void sendLateFrames(HostilePeer peer) throws IOException, InterruptedException {
    peer.send(new FrameBuffer().syn(1, "gone"));
    peer.awaitReceived(Command.FIN, 1);
    peer.send(new FrameBuffer().frame(Command.FIN, 1));
    peer.flood(
        new FrameBuffer().data(1, 100).frame(Command.FIN, 1).repeated(PingAttacks.PIECE_BYTES));
    peer.roundTrip();
  }

  /** Sends a healthy stream first, so that there is something to end. */
  private static void sendAndAwaitEnd(HostilePeer peer, int version, int command, int bodyBytes)
      throws IOException, InterruptedException {
    byte[] header = {(byte) version, (byte) command, (byte) bodyBytes, 0, 9, 0, 0, 0};
    peer.send(new FrameBuffer().syn(9, "hold a").data(9, 10).raw(header).raw(new byte[bodyBytes]));
    peer.awaitEnd();
  }
}
