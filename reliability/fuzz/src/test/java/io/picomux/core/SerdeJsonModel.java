package io.picomux.core;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What serde_json makes of the body of a PING, found in another way than {@link PingJson} does it:
 * the text is cut into tokens first, then a table of expectations is followed, then the rules of
 * the crate's struct are looked up in the list of tokens. Keys are resolved by the JDK's decoder.
 *
 * <p>{@link SerdeJsonModelTest} holds it to the recorded verdicts of serde_json itself.
 */
final class SerdeJsonModel {
  private static final Pattern NUMBER =
      Pattern.compile("-?(?:0|[1-9][0-9]*+)(?:\\.[0-9]++)?+(?:[eE][+-]?[0-9]++)?+");
  private static final Pattern U32_CANDIDATE = Pattern.compile("0|[1-9][0-9]{0,9}");
  private static final Pattern POSITIVE_INTEGER = Pattern.compile("[1-9][0-9]*+");
  private static final String HEX_DIGITS = "0123456789abcdefABCDEF";
  private static final long MAX_U32 = 4_294_967_295L;

  /**
   * A piece of the text.
   *
   * @param kind a bracket, comma or colon itself; s for a string, n for a number, l for a literal
   * @param depth brackets open around it
   */
  private record Token(char kind, int from, int to, int depth) {}

  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String why) {
      super(why, null, false, false);
    }
  }

  private final byte[] bytes;
  private final String text;
  private final List<Token> tokens = new ArrayList<>();

  private SerdeJsonModel(byte[] bytes) {
    this.bytes = bytes;
    this.text = new String(bytes, ISO_8859_1);
  }

  /** Returns what the body says, or null when serde_json refuses it. */
  static @Nullable PingBody parse(byte[] bytes) {
    try {
      return new SerdeJsonModel(bytes).parse();
    } catch (Refused e) {
      return null;
    }
  }

  private PingBody parse() throws Refused {
    tokenize();
    followGrammar();
    return tokens.get(0).kind == '{' ? readObject() : readArray();
  }

  // ---- tokens

  private void tokenize() throws Refused {
    int depth = 0;
    Matcher number = NUMBER.matcher(text);
    for (int at = 0; at < text.length(); ) {
      char c = text.charAt(at);
      int from = at;
      switch (c) {
        case ' ', '\t', '\n', '\r' -> at++;
        case '{', '[' -> tokens.add(new Token(c, from, ++at, depth++));
        case '}', ']' -> tokens.add(new Token(c, from, ++at, --depth));
        case ',', ':' -> tokens.add(new Token(c, from, ++at, depth));
        case '"' -> {
          at = endOfString(from);
          tokens.add(new Token('s', from, at, depth));
        }
        default -> {
          at = endOfWord(from, number);
          tokens.add(new Token(Character.isLetter(c) ? 'l' : 'n', from, at, depth));
        }
      }
    }
  }

  private int endOfWord(int from, Matcher number) throws Refused {
    for (String literal : List.of("true", "false", "null")) {
      if (text.startsWith(literal, from)) {
        return from + literal.length();
      }
    }
    if (number.find(from) && number.start() == from) {
      return number.end();
    }
    throw new Refused("no token");
  }

  private int endOfString(int from) throws Refused {
    for (int at = from + 1; at < text.length(); at++) {
      char c = text.charAt(at);
      if (c == '"') {
        return at + 1;
      }
      if (c < ' ') {
        throw new Refused("control character");
      }
      if (c == '\\') {
        at++;
        if (at == text.length() || "\"\\/bfnrtu".indexOf(text.charAt(at)) < 0) {
          throw new Refused("escape");
        }
        if (text.charAt(at) == 'u') {
          hexNumber(at + 1);
          at += 4;
        }
      }
    }
    throw new Refused("open string");
  }

  private int hexNumber(int at) throws Refused {
    String digits = at + 4 <= text.length() ? text.substring(at, at + 4) : "";
    if (digits.isEmpty() || !digits.chars().allMatch(c -> HEX_DIGITS.indexOf(c) >= 0)) {
      throw new Refused("hex digits");
    }
    return Integer.parseInt(digits, 16);
  }

  // ---- grammar

  /** Which kinds of tokens may follow; the letters are those of {@link Token#kind}. */
  private void followGrammar() throws Refused {
    String value = "{[snl";
    String wanted = "{[";
    StringBuilder open = new StringBuilder();
    for (Token token : tokens) {
      char kind = token.kind;
      if (wanted.indexOf(kind) < 0) {
        throw new Refused("grammar");
      }
      int top = open.length() - 1;
      switch (kind) {
        case '{' -> {
          open.append('{');
          wanted = "s}";
        }
        case '[' -> {
          open.append('[');
          wanted = value + "]";
        }
        case ':' -> wanted = value;
        case ',' -> wanted = open.charAt(top) == '{' ? "s" : value;
        default -> {
          if (kind == 's' && wanted.startsWith("s")) {
            wanted = ":";
            continue;
          }
          if (kind == '}' || kind == ']') {
            open.setLength(top);
          }
          wanted = open.isEmpty() ? "" : open.charAt(open.length() - 1) == '{' ? ",}" : ",]";
        }
      }
    }
    if (tokens.isEmpty() || !open.isEmpty()) {
      throw new Refused("the end");
    }
  }

  // ---- the crate's struct

  private PingBody readArray() throws Refused {
    if (tokens.size() != 3) {
      throw new Refused("an array of one");
    }
    return new PingBody(u32(tokens.get(1)), false, false);
  }

  private PingBody readObject() throws Refused {
    long millis = -1;
    boolean halfClose = false;
    boolean reset = false;
    for (int i = 1; i < tokens.size() - 1; i++) {
      // A member of the outermost object: the token before a colon at depth one.
      if (tokens.get(i + 1).kind != ':' || tokens.get(i).depth != 1) {
        continue;
      }
      String key = strictString(tokens.get(i));
      Token first = tokens.get(i + 2);
      if (key.equals("next_ping_in_ms")) {
        if (millis >= 0) {
          throw new Refused("twice");
        }
        millis = u32(first);
      } else if (key.equals("picomux_java") && first.kind == '{') {
        halfClose |= hasPositiveMember(i + 2, "half_close");
        reset |= hasPositiveMember(i + 2, "reset");
      }
    }
    if (millis < 0) {
      throw new Refused("missing");
    }
    return new PingBody(millis, halfClose, reset);
  }

  private boolean hasPositiveMember(int objectAt, String name) {
    for (int i = objectAt + 1; tokens.get(i).depth > 1; i++) {
      Token value = tokens.get(i);
      if (value.depth == 2
          && value.kind == 'n'
          && tokens.get(i - 1).kind == ':'
          && POSITIVE_INTEGER.matcher(textOf(value)).matches()
          && isString(tokens.get(i - 2), name)) {
        return true;
      }
    }
    return false;
  }

  private boolean isString(Token token, String wanted) {
    try {
      return strictString(token).equals(wanted);
    } catch (Refused e) {
      // What is no Unicode text is not the text that is looked for.
      return false;
    }
  }

  private long u32(Token token) throws Refused {
    if (token.kind != 'n' || !U32_CANDIDATE.matcher(textOf(token)).matches()) {
      throw new Refused("an integer");
    }
    long value = Long.parseLong(textOf(token));
    if (value > MAX_U32) {
      throw new Refused("too large");
    }
    return value;
  }

  private String textOf(Token token) {
    return text.substring(token.from, token.to);
  }

  /** Resolves the escapes of a string and decodes the rest as UTF-8. */
  private String strictString(Token token) throws Refused {
    StringBuilder out = new StringBuilder();
    ByteArrayOutputStream plain = new ByteArrayOutputStream();
    for (int at = token.from + 1; at < token.to - 1; at++) {
      if (bytes[at] != '\\') {
        plain.write(bytes[at]);
        continue;
      }
      out.append(decoded(plain));
      char selector = text.charAt(++at);
      int simple = "bfnrt".indexOf(selector);
      if (selector == 'u') {
        out.append((char) hexNumber(at + 1));
        at += 4;
      } else {
        out.append(simple < 0 ? selector : "\b\f\n\r\t".charAt(simple));
      }
    }
    out.append(decoded(plain));
    if (!UTF_8.newEncoder().canEncode(out)) {
      throw new Refused("surrogates");
    }
    return out.toString();
  }

  private static String decoded(ByteArrayOutputStream plain) throws Refused {
    try {
      String decoded = UTF_8.newDecoder().decode(ByteBuffer.wrap(plain.toByteArray())).toString();
      plain.reset();
      return decoded;
    } catch (CharacterCodingException e) {
      throw new Refused("UTF-8");
    }
  }
}
