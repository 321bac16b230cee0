package io.picomux.tunnel;

/** Text of a peer, made safe for a log line or a terminal. */
public final class Printable {

  private Printable() {}

  /**
   * Copies {@code text}, with every character that is not printable ASCII, and the backslash,
   * written as a Java escape, so that it can neither break a line nor command a terminal.
   *
   * @param maxCharacters the most characters of {@code text} that are shown, 0 or more; where there
   *     are more, {@code …} follows
   */
  public static String escape(String text, int maxCharacters) {
    if (maxCharacters < 0) {
      throw new IllegalArgumentException(
          "maxCharacters is " + maxCharacters + ", must be 0 or more");
    }
    StringBuilder shown = new StringBuilder();
    int length = Math.min(text.length(), maxCharacters);
    for (int i = 0; i < length; i++) {
      char c = text.charAt(i);
      if (c >= ' ' && c < 0x7f && c != '\\') {
        shown.append(c);
      } else {
        shown.append(String.format("\\u%04x", (int) c));
      }
    }
    if (text.length() > length) {
      shown.append('…');
    }
    return shown.toString();
  }
}
