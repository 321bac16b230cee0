package io.picomux.core;

import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * The JSON body of a PING: read with exactly the verdicts of the peer's parser, written in the
 * shape that every version of the crate reads.
 *
 * <p>The crate hands the body to {@code serde_json::from_slice} with a derived struct of one field,
 * {@code next_ping_in_ms: u32}, and ends the session when that fails (picomux 0.1.14, {@code
 * frame.rs} and {@code lib.rs}; unchanged in 0.2.1 and 0.3.3). What it accepts is not quite JSON,
 * and this class follows it to the letter (serde_json 1.0.154, {@code de.rs} and {@code read.rs}):
 *
 * <ul>
 *   <li>the body is an object, or an array of exactly the field's value: {@code [1800000]};
 *   <li>a key of the outermost object must be valid UTF-8 with paired surrogates; it is compared
 *       after its escapes have been resolved;
 *   <li>values of unknown fields, and the keys within them, are only skipped: they may nest without
 *       limit and hold invalid UTF-8 and lone surrogates, but must follow the grammar;
 *   <li>the field's value is an integer of 0 … 4,294,967,295 without fraction, exponent or sign
 *       ({@code -0} is a float to serde_json); a second occurrence or none is an error;
 *   <li>white space is space, tab, line feed and carriage return; nothing may follow the value.
 * </ul>
 *
 * <p>Beside the crate's field a body may offer half-close and the understanding of reset notices:
 * {@code "picomux_java":{"half_close":1,"reset":1}}. The offer never changes the verdict: a value
 * of another shape there is skipped like any unknown field and offers nothing. With several such
 * fields one that offers is enough. Only the object form can carry it.
 *
 * <p>Reading is iterative and linear in the length of the body; it allocates one bit per level of
 * nesting, 8 KiB for 65,535 open brackets. Stateless and safe for concurrent use.
 */
final class PingJson {

  /** The crate's field (picomux 0.1.14, {@code PingInfo::next_ping_in_ms}). */
  private static final String NEXT_PING_FIELD = "next_ping_in_ms";

  /** The field in which this implementation makes its offers; Rust peers skip it. */
  private static final String OFFERS_FIELD = "picomux_java";

  /** The member of {@link #OFFERS_FIELD} that offers half-close, by an integer of 1 or more. */
  private static final String HALF_CLOSE_MEMBER = "half_close";

  /** The member of {@link #OFFERS_FIELD} that offers reset notices, by an integer of 1 or more. */
  private static final String RESET_MEMBER = "reset";

  /** Largest value of the crate's field, a u32. */
  private static final long MAX_NEXT_PING_MILLIS = 0xFFFF_FFFFL;

  private static final byte[] NEXT_PING_KEY = ascii(NEXT_PING_FIELD);
  private static final byte[] OFFERS_KEY = ascii(OFFERS_FIELD);
  private static final byte[][] OFFER_KEYS = {ascii(HALF_CLOSE_MEMBER), ascii(RESET_MEMBER)};
  private static final int HALF_CLOSE_BIT = 1;
  private static final int RESET_BIT = 2;

  private static final String NEXT_PING_VALUE = "u32 for " + NEXT_PING_FIELD;

  private PingJson() {}

  /**
   * Reads {@code length} bytes of {@code body} from {@code offset}.
   *
   * @throws ProtocolViolationException if the crate's parser would refuse the body; the message
   *     names the offset from the start of the body and what stands there
   * @throws IndexOutOfBoundsException if the range does not lie within {@code body}
   */
  static PingBody parse(byte[] body, int offset, int length) throws ProtocolViolationException {
    Objects.checkFromIndexSize(offset, length, body.length);
    JsonScanner scanner = new JsonScanner(body, offset, length);
    PingBody result =
        switch (scanner.peekToken()) {
          case '{' -> parseObject(scanner);
          case '[' -> parseArray(scanner);
          default -> throw scanner.expected("an object");
        };
    if (scanner.peekToken() != JsonScanner.END) {
      throw scanner.expected("nothing more");
    }
    return result;
  }

  /**
   * Writes the body of a PING of our own.
   *
   * @param nextPingInMillis milliseconds until our next PING, 0 … 4,294,967,295
   * @param offer whether to add the offers of half-close and of reset notices
   * @throws IllegalArgumentException if {@code nextPingInMillis} is out of range
   */
  static byte[] encode(long nextPingInMillis, boolean offer) {
    if (nextPingInMillis < 0 || nextPingInMillis > MAX_NEXT_PING_MILLIS) {
      throw new IllegalArgumentException(
          "nextPingInMillis is " + nextPingInMillis + ", must be 0 to " + MAX_NEXT_PING_MILLIS);
    }
    String offers =
        offer
            ? ",\""
                + OFFERS_FIELD
                + "\":{\""
                + HALF_CLOSE_MEMBER
                + "\":1,\""
                + RESET_MEMBER
                + "\":1}"
            : "";
    return ascii("{\"" + NEXT_PING_FIELD + "\":" + nextPingInMillis + offers + "}");
  }

  private static PingBody parseObject(JsonScanner scanner) throws ProtocolViolationException {
    scanner.take('{', "'{'");
    long nextPingInMillis = -1;
    int offers = 0;
    boolean more = scanner.peekToken() != '}';
    while (more) {
      scanner.peekToken();
      int keyAt = scanner.position();
      scanner.takeKey(JsonScanner.Strictness.UNICODE);
      if (scanner.keyIs(NEXT_PING_KEY)) {
        if (nextPingInMillis >= 0) {
          throw scanner.violation("duplicate field " + NEXT_PING_FIELD, keyAt);
        }
        nextPingInMillis = scanner.takeUnsigned(MAX_NEXT_PING_MILLIS, NEXT_PING_VALUE);
      } else {
        boolean isOffers = scanner.keyIs(OFFERS_KEY);
        int members = scanner.skipValue(OFFER_KEYS);
        offers |= isOffers ? members : 0;
      }
      more = scanner.peekToken() == ',';
      if (more) {
        scanner.take(',', "','");
      }
    }
    if (nextPingInMillis < 0 && scanner.peekToken() == '}') {
      throw scanner.violation("missing field " + NEXT_PING_FIELD, scanner.position());
    }
    scanner.take('}', "',' or '}'");
    return new PingBody(
        nextPingInMillis, (offers & HALF_CLOSE_BIT) != 0, (offers & RESET_BIT) != 0);
  }

  /** The form of a struct as a sequence, which serde derives beside the form of a map. */
  private static PingBody parseArray(JsonScanner scanner) throws ProtocolViolationException {
    scanner.take('[', "'['");
    long nextPingInMillis = scanner.takeUnsigned(MAX_NEXT_PING_MILLIS, NEXT_PING_VALUE);
    scanner.take(']', "']'");
    return new PingBody(nextPingInMillis, false, false);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }
}
