package io.picomux.reliability.attacks;

import io.picomux.core.Command;
import io.picomux.core.Violation;
import io.picomux.core.WireFormat;
import java.io.IOException;
import java.util.List;

/** Attacks with much data, much metadata, and data that nobody reads: rows 13 to 16. */
final class DataAttacks {
  /** Streams that ask for data; few, as the application has a buffer for each. */
  private static final int SOURCES = 40;

  /** Enough to fill every budget. */
  private static final int JUMBO_STREAMS = 110;

  /** More than any run takes. */
  private static final String ENDLESS_SOURCE = "source 1000000000000 1";

  static final List<Attack> ALL =
      List.of(
          new Attack(
              13,
              "jumbo-frames",
              "data frames of 65,535 bytes, as many as the first credit allows, on 100 streams",
              Attack.Holds.UNREAD_DATA,
              Violation.OVERSIZED_BODIES,
              DataAttacks::sendJumboFrames),
          new Attack(
              14,
              "unread-accept-queue",
              "SYNs with 65,535 bytes of metadata and early data to an application that accepts none",
              Attack.Holds.UNREAD_DATA,
              null,
              DataAttacks::fillAcceptQueue),
          new Attack(
              15,
              "slow-reader",
              "asks for endless data on 40 streams, grants credit for it and reads nothing",
              Attack.Holds.QUEUED_DATA,
              null,
              peer -> {
                FrameBuffer frames = new FrameBuffer();
                for (int id = 1; id <= SOURCES; id++) {
                  frames.syn(id, ENDLESS_SOURCE).more(id, WireFormat.MAX_MORE_FRAMES);
                }
                peer.send(frames);
              }),
          new Attack(
              15,
              "no-credit",
              "asks for endless data on 40 streams and grants no credit for it",
              Attack.Holds.QUEUED_DATA,
              null,
              peer -> {
                FrameBuffer frames = new FrameBuffer();
                for (int id = 1; id <= SOURCES; id++) {
                  frames.syn(id, ENDLESS_SOURCE);
                }
                peer.send(frames);
                peer.awaitReceived(Command.PSH, SOURCES * WireFormat.INITIAL_WINDOW_FRAMES);
              }),
          new Attack(
              16,
              "slow-frame",
              "a SYN of 65,535 bytes in single bytes, of which the last does not come",
              Attack.Holds.CONTROL_STATE,
              null,
              DataAttacks::sendAllButTheLastByte));

  private DataAttacks() {}

  private static void sendJumboFrames(HostilePeer peer) throws IOException {
    FrameBuffer frames = new FrameBuffer();
    for (int id = 1; id <= JUMBO_STREAMS; id++) {
      frames.syn(id, "hold a");
    }
    // Later ones would be refused while the budget is full to three quarters.
    peer.send(frames);
    for (int id = 1; id <= JUMBO_STREAMS; id++) {
      frames.clear();
      for (int i = 0; i < WireFormat.INITIAL_WINDOW_FRAMES; i++) {
        frames.data(id, WireFormat.MAX_BODY_BYTES);
      }
      peer.send(frames);
    }
  }

  private static void fillAcceptQueue(HostilePeer peer) throws IOException, InterruptedException {
    peer.send(new FrameBuffer().syn(0, "never-accept"));
    peer.roundTrip();
    byte[] metadata = new byte[WireFormat.MAX_BODY_BYTES];
    FrameBuffer frames = new FrameBuffer();
    for (int id = 1; peer.mayGoOn(); id++) {
      frames.clear().frame(Command.SYN, id, metadata);
      for (int i = 0; i < WireFormat.INITIAL_WINDOW_FRAMES; i++) {
        frames.data(id, WireFormat.DATA_BODY_BYTES);
      }
      peer.send(frames);
    }
    peer.roundTrip();
  }

  private static void sendAllButTheLastByte(HostilePeer peer) throws IOException {
    byte[] syn =
        new FrameBuffer().frame(Command.SYN, 1, new byte[WireFormat.MAX_BODY_BYTES]).toBytes();
    for (int i = 0; i < syn.length - 1; i++) {
      peer.send(new byte[] {syn[i]});
    }
  }
}
