package io.picomux.interop;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * How many bytes passed, and what they were.
 *
 * @param bytes their number
 * @param sha256 their SHA-256 in hex
 */
record Receipt(long bytes, String sha256) {

  /** Length of a receipt on a stream: the count (u64, big endian), then the digest. */
  static final int WIRE_BYTES = Long.BYTES + 32;

  private static final int CHUNK_BYTES = 64 * 1024;

  /** The receipt for the first bytes of a seed. */
  static Receipt ofSeed(long seed, long bytes) {
    Meter meter = new Meter();
    SeededBytes generator = new SeededBytes(seed);
    byte[] chunk = new byte[CHUNK_BYTES];
    for (long left = bytes; left > 0; left -= CHUNK_BYTES) {
      int count = (int) Math.min(left, CHUNK_BYTES);
      generator.fill(chunk, 0, count);
      meter.add(chunk, 0, count);
    }
    return meter.receipt();
  }

  /** Reads as many bytes, or to the end of file where it comes first, and answers their receipt. */
  static Receipt ofInput(InputStream input, long maxBytes) throws IOException {
    Meter meter = new Meter();
    byte[] chunk = new byte[CHUNK_BYTES];
    for (long left = maxBytes; left > 0; ) {
      int count = input.read(chunk, 0, (int) Math.min(left, CHUNK_BYTES));
      if (count < 0) {
        break;
      }
      meter.add(chunk, 0, count);
      left -= count;
    }
    return meter.receipt();
  }

  /** Reads a receipt from a stream. */
  static Receipt fromWire(InputStream input) throws IOException {
    byte[] wire = input.readNBytes(WIRE_BYTES);
    if (wire.length < WIRE_BYTES) {
      throw new IOException("end of file after " + wire.length + " bytes of a receipt");
    }
    return new Receipt(
        ByteBuffer.wrap(wire).getLong(), HexFormat.of().formatHex(wire, Long.BYTES, wire.length));
  }

  /** The receipt as it stands on a stream. */
  byte[] toWire() {
    return ByteBuffer.allocate(WIRE_BYTES)
        .putLong(bytes)
        .put(HexFormat.of().parseHex(sha256))
        .array();
  }

  /** Counts and digests what passes. Not thread-safe. */
  static final class Meter {

    private final MessageDigest digest;
    private long bytes;

    Meter() {
      try {
        digest = MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new AssertionError("every JDK has SHA-256", e);
      }
    }

    void add(byte[] chunk, int offset, int length) {
      digest.update(chunk, offset, length);
      bytes += length;
    }

    /** The receipt for all that was added; the meter starts anew. */
    Receipt receipt() {
      Receipt receipt = new Receipt(bytes, HexFormat.of().formatHex(digest.digest()));
      bytes = 0;
      return receipt;
    }
  }
}
