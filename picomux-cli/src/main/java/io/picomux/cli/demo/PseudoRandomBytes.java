package io.picomux.cli.demo;

import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.SplittableRandom;

/** A sequence of pseudo-random bytes that its length determines, and digests. */
final class PseudoRandomBytes {

  /** Bytes that are made at a time; a whole number of the generator's eight. */
  private static final int CHUNK_BYTES = 64 << 10;

  private PseudoRandomBytes() {}

  /** Writes the sequence of {@code length} bytes, 0 or more. */
  static void write(long length, OutputStream out) throws IOException {
    SplittableRandom random = new SplittableRandom(length);
    byte[] chunk = new byte[CHUNK_BYTES];
    for (long left = length; left > 0; left -= CHUNK_BYTES) {
      random.nextBytes(chunk);
      out.write(chunk, 0, (int) Math.min(left, CHUNK_BYTES));
    }
  }

  /** The SHA-256 of the sequence of {@code length} bytes, in lower-case hexadecimal. */
  static String sha256(long length) {
    MessageDigest digest = sha256();
    try {
      write(
          length,
          new OutputStream() {
            @Override
            public void write(int b) {
              digest.update((byte) b);
            }

            @Override
            public void write(byte[] bytes, int offset, int count) {
              digest.update(bytes, offset, count);
            }
          });
    } catch (IOException e) {
      throw new IllegalStateException("a digest does not fail", e);
    }
    return hex(digest);
  }

  /** A new SHA-256. */
  static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  /** The value of {@code digest} in lower-case hexadecimal. */
  static String hex(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest());
  }
}
