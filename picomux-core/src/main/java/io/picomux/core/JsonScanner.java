package io.picomux.core;

import java.util.Arrays;

/**
 * A cursor over JSON text that takes what its caller expects and skips the rest, following
 * serde_json's grammar; {@link PingJson} says where that departs from JSON.
 *
 * <p>Methods named {@code take…} and {@code skip…} skip white space, then move past what they name
 * or throw. Nothing here recurses. Not thread-safe.
 */
final class JsonScanner {

  /** What {@link #peekToken} returns at the end of the text; no byte has this value. */
  static final int END = -1;

  private static final int NO_MEMBER = -1;

  /** Longest key that {@link #keyIs} can recognise, in bytes: longer than any that is asked for. */
  private static final int MAX_KEY_BYTES = 32;

  /** Stands in {@link #key} for a character outside ASCII: equal to no byte of a literal. */
  private static final byte NOT_ASCII = (byte) 0xFF;

  /** How much of a string's content is checked. */
  enum Strictness {
    /** Valid UTF-8 and paired surrogates, as serde_json wants where it makes a {@code str}. */
    UNICODE,
    /** Escapes well formed and no control characters, as serde_json wants where it skips. */
    GRAMMAR
  }

  private final byte[] text;
  private final int start;
  private final int end;
  private int position;

  /** The content of the last key taken, escapes resolved, as far as it fits. */
  private final byte[] key = new byte[MAX_KEY_BYTES];

  /** Length of that content; {@code MAX_KEY_BYTES + 1} stands for every greater length. */
  private int keyLength;

  /** The brackets open within the value being skipped. */
  private final BracketStack brackets = new BracketStack();

  JsonScanner(byte[] text, int offset, int length) {
    this.text = text;
    this.start = offset;
    this.end = offset + length;
    this.position = offset;
  }

  /** Offset of the next byte, counted from the start of the text. */
  int position() {
    return position - start;
  }

  /** Skips white space and returns the byte behind it (0 … 255), or {@link #END}. */
  int peekToken() {
    while (position < end) {
      byte b = text[position];
      if (b != ' ' && b != '\n' && b != '\t' && b != '\r') {
        return b & 0xFF;
      }
      position++;
    }
    return END;
  }

  /** Takes the character {@code wanted}; {@code description} names it for the message. */
  void take(char wanted, String description) throws ProtocolViolationException {
    if (peekToken() != wanted) {
      throw expected(description);
    }
    position++;
  }

  /** Takes a key and its colon; {@link #keyIs} then answers for it. */
  void takeKey(Strictness strictness) throws ProtocolViolationException {
    if (peekToken() != '"') {
      throw expected("a key");
    }
    takeString(strictness);
    take(':', "':'");
  }

  /** Whether the last key taken is {@code name}, which is ASCII and at most 32 bytes long. */
  boolean keyIs(byte[] name) {
    return keyLength == name.length && Arrays.equals(key, 0, keyLength, name, 0, name.length);
  }

  /**
   * Takes an integer of 0 … {@code max} and returns it.
   *
   * @param max at most {@code Long.MAX_VALUE / 10 - 9}, so that one digit more does not overflow
   * @param description what is wanted, for the message
   */
  long takeUnsigned(long max, String description) throws ProtocolViolationException {
    peekToken();
    int valueStart = position;
    long value = 0;
    while (isDigit(peek()) && value <= max) {
      value = value * 10 + (peek() - '0');
      position++;
    }
    int digits = position - valueStart;
    boolean leadingZero = digits > 1 && text[valueStart] == '0';
    if (digits == 0 || leadingZero || value > max || isFractionOrExponent(peek())) {
      position = valueStart;
      throw expected(description);
    }
    return value;
  }

  /**
   * Skips a value of any kind and depth.
   *
   * @param memberNames up to 32 names, each ASCII and at most 32 bytes
   * @return a bit for each name that is a member of the value, an object, with an integer of 1 or
   *     more; the first name has the lowest bit
   */
  int skipValue(byte[]... memberNames) throws ProtocolViolationException {
    int member = NO_MEMBER;
    int found = 0;
    do {
      int first = peekToken();
      if (first == '{' || first == '[') {
        position++;
        brackets.open(first == '{');
        openArrays();
        if (peekToken() != closingBracket()) {
          member = takeKeyIfInObject(memberNames);
          continue;
        }
      } else {
        boolean positiveInteger = skipScalar(first);
        if (positiveInteger && member != NO_MEMBER && brackets.depth() == 1) {
          found |= 1 << member;
        }
      }
      if (skipToNextElement()) {
        member = takeKeyIfInObject(memberNames);
      }
    } while (brackets.depth() > 0);
    return found;
  }

  /**
   * Opens the arrays that begin at the cursor, each the first element of the one before: nothing
   * else makes so much work of so few bytes.
   */
  private void openArrays() {
    if (brackets.inObject()) {
      return;
    }
    while (position < end && text[position] == '[') {
      position++;
      brackets.open(false);
    }
  }

  /** The violation "expected … at byte …, found …" for what stands at the cursor. */
  ProtocolViolationException expected(String description) {
    String found = position == end ? "the end" : "'" + ByteExcerpt.token(text, position, end) + "'";
    return new ProtocolViolationException(
        Violation.BAD_PING_BODY,
        0,
        "PING body: expected " + description + " at byte " + position() + ", found " + found);
  }

  /** The violation {@code problem} at {@code offset} from the start of the text. */
  ProtocolViolationException violation(String problem, int offset) {
    return new ProtocolViolationException(
        Violation.BAD_PING_BODY, 0, "PING body: " + problem + " at byte " + offset);
  }

  private int peek() {
    return position < end ? text[position] & 0xFF : END;
  }

  private char closingBracket() {
    return brackets.inObject() ? '}' : ']';
  }

  /** Moves to the value of an element; returns which of the names it has, if any. */
  private int takeKeyIfInObject(byte[]... memberNames) throws ProtocolViolationException {
    if (!brackets.inObject()) {
      return NO_MEMBER;
    }
    takeKey(Strictness.GRAMMAR);
    for (int i = 0; i < memberNames.length; i++) {
      if (keyIs(memberNames[i])) {
        return i;
      }
    }
    return NO_MEMBER;
  }

  /**
   * Skips the closing brackets after a complete value, then a comma.
   *
   * @return true after a comma, false if the outermost value is complete
   */
  private boolean skipToNextElement() throws ProtocolViolationException {
    while (brackets.depth() > 0) {
      int token = peekToken();
      char closing = closingBracket();
      if (token == ',') {
        position++;
        return true;
      }
      if (token != closing) {
        throw expected(closing == '}' ? "',' or '}'" : "',' or ']'");
      }
      position++;
      brackets.close();
    }
    return false;
  }

  /** Skips a value that holds no other; returns whether it is an integer of 1 or more. */
  private boolean skipScalar(int first) throws ProtocolViolationException {
    switch (first) {
      case 'n' -> skipLiteral("null");
      case 't' -> skipLiteral("true");
      case 'f' -> skipLiteral("false");
      case '"' -> takeString(Strictness.GRAMMAR);
      default -> {
        if (first != '-' && !isDigit(first)) {
          throw expected("a value");
        }
        return skipNumber();
      }
    }
    return false;
  }

  private void skipLiteral(String literal) throws ProtocolViolationException {
    for (int i = 0; i < literal.length(); i++) {
      if (position + i == end || text[position + i] != literal.charAt(i)) {
        throw expected(literal);
      }
    }
    position += literal.length();
  }

  /** Skips a number; returns whether it is an integer of 1 or more. */
  private boolean skipNumber() throws ProtocolViolationException {
    boolean positiveInteger = peek() != '-';
    if (!positiveInteger) {
      position++;
    }
    if (peek() == '0') {
      position++;
      positiveInteger = false;
      if (isDigit(peek())) {
        position--;
        throw expected("a number without leading zero");
      }
    } else {
      skipDigits();
    }
    if (peek() == '.') {
      position++;
      positiveInteger = false;
      skipDigits();
    }
    if (peek() == 'e' || peek() == 'E') {
      position++;
      positiveInteger = false;
      if (peek() == '+' || peek() == '-') {
        position++;
      }
      skipDigits();
    }
    return positiveInteger;
  }

  /** Skips one digit or more. */
  private void skipDigits() throws ProtocolViolationException {
    if (!isDigit(peek())) {
      throw expected("a digit");
    }
    while (isDigit(peek())) {
      position++;
    }
  }

  /** Takes a string, its content to {@link #key}; the cursor stands on its opening quote. */
  private void takeString(Strictness strictness) throws ProtocolViolationException {
    position++;
    keyLength = 0;
    for (int b = peek(); b != '"'; b = peek()) {
      if (b < ' ') {
        throw expected(b == END ? "'\"'" : "a string without control characters");
      }
      if (b == '\\') {
        appendToKey(takeEscape(strictness));
      } else if (b >= 0x80 && strictness == Strictness.UNICODE) {
        skipUtf8Sequence();
        appendToKey(NOT_ASCII);
      } else {
        appendToKey((byte) b);
        position++;
      }
    }
    position++;
  }

  private void appendToKey(byte b) {
    if (keyLength < MAX_KEY_BYTES) {
      key[keyLength] = b;
    }
    keyLength = Math.min(keyLength + 1, MAX_KEY_BYTES + 1);
  }

  /** Takes an escape; returns the ASCII character it stands for or {@link #NOT_ASCII}. */
  private byte takeEscape(Strictness strictness) throws ProtocolViolationException {
    int escapeStart = position;
    position++;
    int selector = peek();
    int resolved =
        switch (selector) {
          case '"', '\\', '/' -> selector;
          case 'b' -> '\b';
          case 'f' -> '\f';
          case 'n' -> '\n';
          case 'r' -> '\r';
          case 't' -> '\t';
          case 'u' -> takeHexEscape(escapeStart);
          default -> throw expectedAt(escapeStart, "an escape sequence");
        };
    position++;
    if (strictness == Strictness.UNICODE && Character.isSurrogate((char) resolved)) {
      takeLowSurrogate((char) resolved, escapeStart);
    }
    return resolved < 0x80 ? (byte) resolved : NOT_ASCII;
  }

  /** Takes the four digits of a hex escape but for the last; the cursor stands on its 'u'. */
  private int takeHexEscape(int escapeStart) throws ProtocolViolationException {
    int value = 0;
    for (int i = 0; i < 4; i++) {
      position++;
      int digit = hexDigit(peek());
      if (digit < 0) {
        throw expectedAt(escapeStart, "four hex digits in an escape sequence");
      }
      value = value << 4 | digit;
    }
    return value;
  }

  /** Takes the second half of a surrogate pair whose first half is {@code first}. */
  private void takeLowSurrogate(char first, int escapeStart) throws ProtocolViolationException {
    boolean paired = false;
    if (Character.isHighSurrogate(first) && peek() == '\\') {
      position++;
      if (peek() == 'u') {
        paired = Character.isLowSurrogate((char) takeHexEscape(escapeStart));
        position++;
      }
    }
    if (!paired) {
      throw expectedAt(escapeStart, "a surrogate pair");
    }
  }

  /**
   * Skips one character of two bytes or more, well formed by table 3-7 of the Unicode Standard: no
   * overlong form, no surrogate, nothing above U+10FFFF.
   */
  private void skipUtf8Sequence() throws ProtocolViolationException {
    int sequenceStart = position;
    int lead = peek();
    int continuationBytes = lead >= 0xF0 ? 3 : lead >= 0xE0 ? 2 : 1;
    int lowest = lead == 0xE0 ? 0xA0 : lead == 0xF0 ? 0x90 : 0x80;
    int highest = lead == 0xED ? 0x9F : lead == 0xF4 ? 0x8F : 0xBF;
    boolean wellFormed = lead >= 0xC2 && lead <= 0xF4;
    for (int i = 0; i < continuationBytes && wellFormed; i++) {
      position++;
      wellFormed = peek() >= lowest && peek() <= highest;
      lowest = 0x80;
      highest = 0xBF;
    }
    if (!wellFormed) {
      throw expectedAt(sequenceStart, "UTF-8 in a key");
    }
    position++;
  }

  private ProtocolViolationException expectedAt(int errorPosition, String description) {
    position = errorPosition;
    return expected(description);
  }

  private static boolean isDigit(int b) {
    return b >= '0' && b <= '9';
  }

  private static boolean isFractionOrExponent(int b) {
    return b == '.' || b == 'e' || b == 'E';
  }

  private static int hexDigit(int b) {
    return b >= 0 && b < 0x80 ? Character.digit(b, 16) : -1;
  }
}
