package io.picomux.reliability.attacks;

import io.picomux.core.Command;
import io.picomux.core.Violation;
import io.picomux.core.WireFormat;
import java.io.IOException;
import java.util.List;

/** Attacks with PING and PONG: rows 1 to 3. */
final class PingAttacks {
  /** Bytes that are sent in one piece: as much as a session reads in one turn. */
  static final int PIECE_BYTES = 256 << 10;

  private static final String PING = "{\"next_ping_in_ms\":1}";

  /** Made once: the hundred of a second that are sent shall cost the attacker little. */
  private static final byte[] BOMB =
      new FrameBuffer().ping("{\"x\":" + "[".repeat(WireFormat.MAX_BODY_BYTES - 5)).toBytes();

  static final List<Attack> ALL =
      List.of(
          new Attack(
              1,
              "ping-flood",
              "PINGs without end; the PONGs are not read",
              Attack.Holds.CONTROL_STATE,
              Violation.PING_FLOOD,
              peer -> peer.flood(new FrameBuffer().ping(PING).repeated(PIECE_BYTES))),
          new Attack(
              2,
              "json-bomb",
              "a PING whose body opens brackets to its 65,535th byte",
              Attack.Holds.CONTROL_STATE,
              Violation.BAD_PING_BODY,
              peer -> {
                peer.send(BOMB);
                peer.awaitEnd();
              }),
          new Attack(
              2,
              "json-maze",
              "valid PINGs with a field of 32,000 nested arrays, one after the other",
              Attack.Holds.CONTROL_STATE,
              null,
              PingAttacks::maze),
          new Attack(
              3,
              "pong-banking",
              "PONGs that nobody asked for, without end",
              Attack.Holds.CONTROL_STATE,
              Violation.NOISE_FLOOD,
              peer ->
                  peer.flood(
                      new FrameBuffer()
                          .frame(Command.PONG, WireFormat.NO_STREAM_ID)
                          .repeated(PIECE_BYTES))));

  private PingAttacks() {}

  private static void maze(HostilePeer peer) throws IOException, InterruptedException {
    int levels = 32_000;
    byte[] ping =
        new FrameBuffer()
            .ping("{\"x\":" + "[".repeat(levels) + "]".repeat(levels) + ",\"next_ping_in_ms\":1}")
            .toBytes();
    for (int sent = 1; peer.mayGoOn(); sent++) {
      peer.send(ping);
      peer.awaitReceived(Command.PONG, sent);
    }
  }
}
