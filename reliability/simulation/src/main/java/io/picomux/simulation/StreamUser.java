package io.picomux.simulation;

import io.picomux.simulation.StreamPort.FailedException;
import io.picomux.testkit.VirtualClock;
import java.nio.ByteBuffer;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * What one application does with its side of a stream: writes what the program wants as there is
 * room, and reads and checks what comes. Not thread-safe.
 */
final class StreamUser implements StreamEnd {
  /** Pieces smaller than this are written one at a time, a while apart, to make small frames. */
  private static final int SMALL_PIECE_BYTES = 4096;

  private static final long PIECE_PAUSE_NANOS = 500_000;
  private static final int LARGEST_READ_BYTES = 64 << 10;
  private static final int LARGEST_WRITE_BYTES = 64 << 10;

  private final int number;
  private final Side side;
  private final boolean opener;
  private final VirtualClock clock;
  private final Random random;
  private @Nullable StreamPort port;

  private long unwrittenBytes;
  private int pieceBytes = LARGEST_WRITE_BYTES;
  private boolean pausing;
  private boolean finishing;
  private boolean mayHold = true;
  private boolean finished;
  private boolean reading = true;
  private boolean closeWanted;
  private boolean resetWanted;

  private long acceptedBytes;
  private long readBytes;
  private boolean sawEnd;
  private boolean closed;
  private boolean reset;
  private boolean unopened;
  private @Nullable String readFailure;
  private @Nullable String writeFailure;

  StreamUser(int number, Side side, boolean opener, VirtualClock clock, long seed) {
    this.number = number;
    this.side = side;
    this.opener = opener;
    this.clock = clock;
    this.random = new Random(seed * 31 + number * 2L + (side == Side.CLIENT ? 0 : 1));
  }

  /** The byte at a position of what a side writes. */
  private static byte content(int number, Side side, long position) {
    int at = (int) position;
    return (byte)
        (at * 31 + (at >>> 8) * 7 + (at >>> 16) * 5 + number * 13 + (side == Side.CLIENT ? 1 : 0));
  }

  // ---- what the program wants

  /** The stream is there; null when it cannot be opened. */
  void start(@Nullable StreamPort newPort) {
    port = newPort;
    if (newPort == null) {
      unopened = true;
      return;
    }
    newPort.listen(this::read, this::write);
    if (resetWanted) {
      reset();
    } else if (closeWanted) {
      close();
    }
  }

  void write(long bytes, long piece) {
    unwrittenBytes += finishing ? 0 : bytes;
    pieceBytes = Math.clamp(piece, 1, LARGEST_WRITE_BYTES);
    write();
  }

  void finish(boolean hold) {
    finishing = true;
    mayHold &= hold;
    if (writeFailure != null && port != null && !closed && !finished) {
      // Nothing can be written any more, and the peer is to know.
      finished = true;
      port.finish(mayHold);
    }
    write();
  }

  void setReading(boolean on) {
    reading = on;
    if (on) {
      read();
    }
  }

  void close() {
    closeWanted = true;
    if (port != null && !closed) {
      noteSendFailure();
      closed = true;
      port.close();
    }
  }

  void reset() {
    resetWanted = true;
    if (port != null && !closed) {
      noteSendFailure();
      closed = true;
      reset = true;
      port.reset();
    }
  }

  /** What was accepted may have been dropped since; who closes without asking never knows. */
  private void noteSendFailure() {
    if (port != null && writeFailure == null) {
      writeFailure = port.sendFailure();
    }
  }

  // ---- the stream

  private void write() {
    StreamPort to = port;
    if (to == null || closed || finished || writeFailure != null || pausing) {
      return;
    }
    try {
      while (unwrittenBytes > 0) {
        ByteBuffer piece = nextPiece();
        to.write(piece);
        acceptedBytes += piece.position();
        unwrittenBytes -= piece.position();
        if (piece.hasRemaining()) {
          return;
        }
        if (pieceBytes < SMALL_PIECE_BYTES && unwrittenBytes > 0) {
          pausing = true;
          clock.after(PIECE_PAUSE_NANOS, this::goOn);
          return;
        }
      }
      if (finishing) {
        finished = true;
        to.finish(mayHold);
      }
    } catch (FailedException e) {
      writeFailure = e.getMessage();
    }
  }

  private void goOn() {
    pausing = false;
    write();
  }

  private ByteBuffer nextPiece() {
    ByteBuffer piece = ByteBuffer.allocate((int) Math.min(unwrittenBytes, pieceBytes));
    for (int i = 0; i < piece.capacity(); i++) {
      piece.put(i, content(number, side, acceptedBytes + i));
    }
    return piece;
  }

  private void read() {
    StreamPort from = port;
    if (from == null || closed || sawEnd || readFailure != null) {
      return;
    }
    try {
      while (reading) {
        ByteBuffer bytes = ByteBuffer.allocate(1 + random.nextInt(LARGEST_READ_BYTES));
        int n = from.read(bytes);
        if (n < 0) {
          sawEnd = true;
        }
        if (n <= 0) {
          return;
        }
        check(bytes.flip());
      }
    } catch (FailedException e) {
      readFailure = e.getMessage();
    }
  }

  private void check(ByteBuffer bytes) {
    while (bytes.hasRemaining()) {
      byte expected = content(number, side.peer(), readBytes);
      byte found = bytes.get();
      if (found != expected) {
        throw new Finding(
            this + " read " + found + " at position " + readBytes + " instead of " + expected);
      }
      readBytes++;
    }
  }

  // ---- what the oracle asks

  int number() {
    return number;
  }

  Side side() {
    return side;
  }

  boolean isOpener() {
    return opener;
  }

  @Override
  public @Nullable StreamPort port() {
    return port;
  }

  long acceptedBytes() {
    return acceptedBytes;
  }

  @Override
  public long readBytes() {
    return readBytes;
  }

  boolean sawEnd() {
    return sawEnd;
  }

  boolean isReset() {
    return reset;
  }

  boolean isClosed() {
    return closed;
  }

  @Nullable String readFailure() {
    return readFailure;
  }

  @Nullable String writeFailure() {
    return writeFailure;
  }

  @Override
  public boolean isSending() {
    return port != null && !closed && !finished && writeFailure == null;
  }

  @Override
  public boolean isReceiving() {
    return port != null && !closed && !sawEnd && readFailure == null;
  }

  /** Whether the application knows that nothing more will come, and that nothing more goes out. */
  boolean isOver() {
    boolean received = sawEnd || readFailure != null;
    boolean sent = finished || writeFailure != null;
    return unopened || closed || (port == null && !opener) || (received && sent);
  }

  @Override
  public String toString() {
    return "stream "
        + number
        + " of the "
        + (side == Side.CLIENT ? "client" : "server")
        + " ("
        + (port == null ? "without a port, " : "")
        + "accepted="
        + acceptedBytes
        + " unwritten="
        + unwrittenBytes
        + " read="
        + readBytes
        + (finished ? " finished" : finishing ? " finishing" : "")
        + (sawEnd ? " at end" : "")
        + (closed ? reset ? " reset" : " closed" : "")
        + (readFailure == null ? "" : " read failed with " + readFailure)
        + (writeFailure == null ? "" : " write failed with " + writeFailure)
        + ")";
  }
}
