package io.picomux.core;

/** Renders a peer's bytes for a message: printable ASCII that can neither break nor fill a line. */
final class ByteExcerpt {

  /** Longest excerpt, in characters; chosen by judgement: shows any number and most names. */
  static final int MAX_CHARS = 32;

  private static final String CUT = "...";

  private ByteExcerpt() {}

  /**
   * The JSON token at {@code position}, at most {@link #MAX_CHARS} characters of it. Bytes outside
   * printable ASCII read {@code \xNN}; three dots stand for what does not fit.
   *
   * @param position of the token's first byte, less than {@code end}
   */
  static String token(byte[] bytes, int position, int end) {
    StringBuilder excerpt = new StringBuilder(MAX_CHARS + 1);
    int cutLength = 0;
    for (int at = position; at < end; at++) {
      if (at > position && (isDelimiter(bytes[position]) || isDelimiter(bytes[at]))) {
        break;
      }
      if (excerpt.length() + CUT.length() <= MAX_CHARS) {
        cutLength = excerpt.length();
      }
      excerpt.append(escape(bytes[at] & 0xFF));
      if (excerpt.length() > MAX_CHARS) {
        excerpt.setLength(cutLength);
        return excerpt.append(CUT).toString();
      }
    }
    return excerpt.toString();
  }

  private static String escape(int b) {
    if (b == '\\' || b == '\'') {
      return "\\" + (char) b;
    }
    if (b >= ' ' && b < 0x7F) {
      return String.valueOf((char) b);
    }
    return "\\x" + Character.forDigit(b >>> 4, 16) + Character.forDigit(b & 0xF, 16);
  }

  private static boolean isDelimiter(byte b) {
    return switch (b) {
      case ' ', '\t', '\n', '\r', ',', ':', '[', ']', '{', '}' -> true;
      default -> false;
    };
  }
}
