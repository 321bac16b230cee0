package io.picomux.simulation;

import io.picomux.core.Command;
import io.picomux.core.WireFormat;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;

/**
 * What an observer of the wire knows of one direction of a session: per stream, the credit that was
 * granted and the data that was sent, seen from either end. It asks neither end. Not thread-safe.
 *
 * <p>A sender must have the credit for each frame when that leaves, as far as grants have come; a
 * receiver must have granted each frame that comes.
 */
final class CreditLedger {
  /** What the arrival of a byte of a direction means. */
  private record UnderWay(long offset, int streamId, Meaning meaning, int amount) {}

  private enum Meaning {
    /** A data frame begins: credit is used. */
    FRAME,
    /** All its data has come. */
    DATA,
    /** Credit is granted. */
    GRANT
  }

  /** The figures of one stream. */
  private static final class Account {
    private long grantedFrames = WireFormat.INITIAL_WINDOW_FRAMES;
    private long knownFrames = WireFormat.INITIAL_WINDOW_FRAMES;
    private long sentFrames;
    private long arrivedFrames;
    private long arrivedBytes;
  }

  private static final Account NEW = new Account();

  private final Map<Integer, Account> accounts = new HashMap<>();

  /** What this sender has sent: data of its own, and grants for the other direction. */
  private final ArrayDeque<UnderWay> underWay = new ArrayDeque<>();

  private long sentOffset;

  /**
   * Begins to observe.
   *
   * @param sentBytes what was sent before; no data and no credit
   */
  void begin(long sentBytes) {
    sentOffset = sentBytes;
  }

  private Account account(int streamId) {
    return accounts.computeIfAbsent(streamId, id -> new Account());
  }

  /**
   * The sender sends frames.
   *
   * @param other the ledger of the other direction, whose receiver this sender is
   */
  void sent(byte[] frames, CreditLedger other) {
    ByteBuffer in = ByteBuffer.wrap(frames).order(ByteOrder.LITTLE_ENDIAN);
    while (in.remaining() >= WireFormat.HEADER_BYTES) {
      int command = in.get(in.position() + 1) & 0xFF;
      int bodyBytes = in.getShort(in.position() + 2) & 0xFFFF;
      int streamId = in.getInt(in.position() + 4);
      int body = in.position() + WireFormat.HEADER_BYTES;
      long bodyOffset = sentOffset + body;
      long endOffset = bodyOffset + bodyBytes;
      if (command == Command.PSH.code()) {
        Account account = account(streamId);
        account.sentFrames++;
        require(account.sentFrames <= account.knownFrames, "sent", streamId, account);
        underWay.add(new UnderWay(bodyOffset, streamId, Meaning.FRAME, 1));
        underWay.add(new UnderWay(endOffset, streamId, Meaning.DATA, bodyBytes));
      } else if (command == Command.MORE.code()) {
        int credit = in.getShort(body) & 0xFFFF;
        other.account(streamId).grantedFrames += credit;
        underWay.add(new UnderWay(endOffset, streamId, Meaning.GRANT, credit));
      }
      in.position(body + bodyBytes);
    }
    sentOffset += frames.length;
  }

  /**
   * Bytes of the sender have arrived.
   *
   * @param deliveredBytes all that have so far
   * @param other the ledger of the other direction
   */
  void arrived(long deliveredBytes, CreditLedger other) {
    UnderWay next = underWay.peek();
    while (next != null && next.offset() <= deliveredBytes) {
      underWay.remove();
      arrived(next, other);
      next = underWay.peek();
    }
  }

  private void arrived(UnderWay what, CreditLedger other) {
    Account account = account(what.streamId());
    switch (what.meaning()) {
      case FRAME -> {
        account.arrivedFrames++;
        require(
            account.arrivedFrames <= account.grantedFrames, "received", what.streamId(), account);
      }
      case DATA -> account.arrivedBytes += what.amount();
      case GRANT -> other.account(what.streamId()).knownFrames += what.amount();
    }
  }

  private static void require(boolean holds, String what, int streamId, Account account) {
    if (!holds) {
      throw new Finding(
          "a data frame was %s without credit on wire stream %s: sent %d, known %d, received %d, granted %d"
              .formatted(
                  what,
                  Integer.toUnsignedString(streamId),
                  account.sentFrames,
                  account.knownFrames,
                  account.arrivedFrames,
                  account.grantedFrames));
    }
  }

  /** Returns the frames that the sender may send by what has come to it. */
  long sendCredit(int streamId) {
    Account account = known(streamId);
    return account.knownFrames - account.sentFrames;
  }

  /** Returns the frames that may still come by what the receiver has granted on the wire. */
  long receiveCredit(int streamId) {
    Account account = known(streamId);
    return account.grantedFrames - account.arrivedFrames;
  }

  /** Returns the data bytes that have come on a stream. */
  long arrivedBytes(int streamId) {
    return known(streamId).arrivedBytes;
  }

  private Account known(int streamId) {
    return accounts.getOrDefault(streamId, NEW);
  }
}
