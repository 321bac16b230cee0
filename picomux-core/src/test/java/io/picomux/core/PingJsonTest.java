package io.picomux.core;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PingJsonTest {

  private static final int MAX_BODY_BYTES = 65_535;

  private static final List<RecordedVerdict> VERDICTS = RecordedVerdict.readAll();

  @Test
  void everyBodyIsJudgedAsSerdeJsonJudgesIt() {
    assertThat(VERDICTS).hasSizeGreaterThan(600);
    assertThat(VERDICTS)
        .extracting(v -> v.nextPingInMillis() == RecordedVerdict.REFUSED)
        .contains(true, false);
    List<String> mismatches = new ArrayList<>();
    for (RecordedVerdict recorded : VERDICTS) {
      long verdict = verdict(recorded.body());
      if (verdict != recorded.nextPingInMillis()) {
        mismatches.add(recorded.label() + ": " + verdict);
      }
    }
    assertThat(mismatches).isEmpty();
  }

  @Test
  void bytesAroundTheRangeAreNotRead() throws ProtocolViolationException {
    for (RecordedVerdict recorded : VERDICTS) {
      byte[] body = recorded.body();
      for (String around : List.of("}", "]", "0", " ", "\"")) {
        byte[] padded = concat(ascii(around), body, ascii(around));
        assertThat(verdict(padded, around.length(), body.length))
            .as("%s, between %s", recorded.label(), around)
            .isEqualTo(recorded.nextPingInMillis());
      }
    }
  }

  @Test
  void fieldOfOffersIsJudgedLikeAnyUnknownField() {
    for (RecordedVerdict recorded : VERDICTS) {
      for (String form : List.of("%s", "{\"half_close\":%s}", "{%s:1}")) {
        int hole = form.indexOf("%s");
        byte[] value =
            concat(
                ascii(form.substring(0, hole)),
                recorded.body(),
                ascii(form.substring(hole + "%s".length())));
        assertThat(verdict(withField("picomux_java", value)))
            .as("%s, as %s", recorded.label(), form)
            .isEqualTo(verdict(withField("picomux_rust", value)));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'next_ping_in_ms':7,'picomux_java':{'half_close':1}}",
        "{'picomux_java':{'half_close':1},'next_ping_in_ms':7}",
        "{'next_ping_in_ms':7,'picomux_java':{'half_close':2}}",
        "{'next_ping_in_ms':7,'picomux_java':{'half_close':99999999999999999999999}}",
        "{'next_ping_in_ms':7,'picomux_java':{'x':[{}],'half_close':1,'y':{'z':[]}}}",
        "{'next_ping_in_ms':7,'picomux_java':{'half_close':1,'half_close':0}}",
        "{'next_ping_in_ms':7,'picomux_java':{'half_close':1},'picomux_java':0}",
        "{'next_ping_in_ms':7,'picomux\\u005fjava':{'half\\u005Fclose':1}}",
        "{ 'next_ping_in_ms' : 7 , 'picomux_java' : { 'half_close' : 1 } }"
      })
  void integerOfOneOrMoreOffersHalfClose(String body) throws ProtocolViolationException {
    assertThat(parse(body)).isEqualTo(new PingBody(7, true, false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'next_ping_in_ms':7}",
        "[7]",
        "{'next_ping_in_ms':7,'picomux_java':{}}",
        "{'next_ping_in_ms':7,'picomux_java':1}",
        "{'next_ping_in_ms':7,'picomux_java':'half_close'}",
        "{'next_ping_in_ms':7,'picomux_java':['half_close',1]}",
        "{'next_ping_in_ms':7,'picomux_java':[{'half_close':1}]}",
        "{'next_ping_in_ms':7,'picomux_java':{'half_close':0}}",
        "{'next_ping_in_ms':7,'picomux_java':{'half_close':-1}}",
        "{'next_ping_in_ms':7,'picomux_java':{'half_close':1.0}}",
        "{'next_ping_in_ms':7,'picomux_java':{'half_close':1e0}}",
        "{'next_ping_in_ms':7,'picomux_java':{'half_close':'1'}}",
        "{'next_ping_in_ms':7,'picomux_java':{'half_close':true}}",
        "{'next_ping_in_ms':7,'picomux_java':{'half_close':[1]}}",
        "{'next_ping_in_ms':7,'picomux_java':{'half_close':{},'x':1}}",
        "{'next_ping_in_ms':7,'picomux_java':{'half_close':{'half_close':1}}}",
        "{'next_ping_in_ms':7,'picomux_java':{'x':{'half_close':1}}}",
        "{'next_ping_in_ms':7,'picomux_java':{'half_closed':1}}",
        "{'next_ping_in_ms':7,'half_close':1}",
        "{'next_ping_in_ms':7,'x':{'half_close':1},'picomux_java':{}}",
        "{'next_ping_in_ms':7,'x':{'picomux_java':{'half_close':1}}}"
      })
  void anythingElseOffersNothingAndIsAccepted(String body) throws ProtocolViolationException {
    assertThat(parse(body)).isEqualTo(new PingBody(7, false, false));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{'next_ping_in_ms':1.5}   | expected u32 for next_ping_in_ms at byte 19, found '1.5'",
        "{'next_ping_in_ms':01}    | expected u32 for next_ping_in_ms at byte 19, found '01'",
        "{'next_ping_in_ms': -1}   | expected u32 for next_ping_in_ms at byte 20, found '-1'",
        "{'next_ping_in_ms':4294967296}"
            + "| expected u32 for next_ping_in_ms at byte 19, found '4294967296'",
        "{'next_ping_in_ms':       | expected u32 for next_ping_in_ms at byte 19, found the end",
        "[]                        | expected u32 for next_ping_in_ms at byte 1, found ']'",
        "[1,2]                     | expected ']' at byte 2, found ','",
        "{'next_ping_in_ms':1}x    | expected nothing more at byte 21, found 'x'",
        "{'next_ping_in_ms':1,'next_ping_in_ms':1} | duplicate field next_ping_in_ms at byte 21",
        "[0,0]                     | expected ']' at byte 2, found ','",
        "{'next_ping_in_ms':0,'next_ping_in_ms':0} | duplicate field next_ping_in_ms at byte 21",
        "{'a':1}                   | missing field next_ping_in_ms at byte 6",
        "``                        | expected an object at byte 0, found the end",
        "null                      | expected an object at byte 0, found 'null'",
        "{a:1}                     | expected a key at byte 1, found 'a'",
        "{'a' 1}                   | expected ':' at byte 5, found '1'",
        "{'a':1 'b':2}             | expected ',' or '}' at byte 7, found '\"b\"'",
        "{'a':[1 2]}               | expected ',' or ']' at byte 8, found '2'",
        "{'a':{'b':1]}             | expected ',' or '}' at byte 11, found ']'",
        "{'a':nul}                 | expected null at byte 5, found 'nul'",
        "{'a':tru                  | expected true at byte 5, found 'tru'",
        "{'a':falsy}               | expected false at byte 5, found 'falsy'",
        "{'a':}                    | expected a value at byte 5, found '}'",
        "{'a':-}                   | expected a digit at byte 6, found '}'",
        "{'a':1.}                  | expected a digit at byte 7, found '}'",
        "{'a':1e+}                 | expected a digit at byte 8, found '}'",
        "{'a':00}                  | expected a number without leading zero at byte 5, found '00'",
        "{'a':'                    | expected '\"' at byte 6, found the end",
        "{'a':'\\x'}               | expected an escape sequence at byte 6, found '\\\\x\"'",
        "{'a':'\\u12g4'}"
            + "| expected four hex digits in an escape sequence at byte 6, found '\\\\u12g4\"'",
        "{'\\udc00':1}             | expected a surrogate pair at byte 2, found '\\\\udc00\"'",
      })
  void messageSaysWhatWasExpectedWhereAndWhatWasFound(String body, String message) {
    assertThatThrownBy(() -> parse(body))
        .isInstanceOfSatisfying(
            ProtocolViolationException.class,
            violation -> {
              assertThat(violation.violation()).isEqualTo(Violation.BAD_PING_BODY);
              assertThat(violation.streamId()).isZero();
            })
        .hasMessage("PING body: " + message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "c280",
        "dfbf",
        "e0a080",
        "e0bfbf",
        "e18080",
        "ecbfbf",
        "ed8080",
        "ed9fbf",
        "ee8080",
        "efbfbf",
        "f0908080",
        "f0bfbfbf",
        "f1808080",
        "f3bfbfbf",
        "f4808080",
        "f48fbfbf"
      })
  void keyMayHoldWellFormedUtf8(String hex) {
    assertThat(verdict(withKey(hex))).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "80",
        "bf",
        "c080",
        "c1bf",
        "c2",
        "c241",
        "c2c0",
        "dfc0",
        "e080",
        "e09fbf",
        "e0a0",
        "e0a041",
        "e1c080",
        "ecbfc0",
        "eda080",
        "edbfbf",
        "f0808080",
        "f08fbfbf",
        "f09080",
        "f0908041",
        "f1c08080",
        "f4908080",
        "f5808080",
        "ff"
      })
  void keyMustNotHoldIllFormedUtf8(String hex) {
    assertThat(verdict(withKey(hex))).isEqualTo(RecordedVerdict.REFUSED);
    assertThat(verdict(concat(ascii("{\"next_ping_in_ms\":1,\"a\":\""), bytes(hex), ascii("\"}"))))
        .as("as an ignored value")
        .isEqualTo(1);
  }

  @Test
  void messageEscapesBytesOutsidePrintableAscii() {
    byte[] body = "{\"\u0001\u00ff\u001b[31m".getBytes(ISO_8859_1);
    assertThatThrownBy(() -> PingJson.parse(body, 2, body.length - 2))
        .hasMessage("PING body: expected an object at byte 0, found '\\x01\\xff\\x1b'");
  }

  @Test
  void messageShowsAtMost32CharactersOfTheBody() {
    String digits = "123456789012345678901234567890";
    assertThatThrownBy(() -> parse("[" + digits + "12]"))
        .hasMessageEndingWith("'" + digits + "12'");
    assertThatThrownBy(() -> parse("[" + digits + "123]"))
        .hasMessageEndingWith("'" + digits.substring(0, 29) + "...'");
  }

  @Test
  void bracketsOfAWholeFrameNeitherRecurseNorAllocateMuch() {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    for (String open : List.of("[", "{\"a\":", "[{\"a\":")) {
      byte[] body = new byte[MAX_BODY_BYTES];
      byte[] prefix = ascii("{\"a\":");
      System.arraycopy(prefix, 0, body, 0, prefix.length);
      for (int i = prefix.length; i < body.length; i++) {
        body[i] = (byte) open.charAt((i - prefix.length) % open.length());
      }
      assertThat(verdict(body)).isEqualTo(RecordedVerdict.REFUSED);

      long before = threads.getCurrentThreadAllocatedBytes();
      assertThat(verdict(body)).isEqualTo(RecordedVerdict.REFUSED);
      // The bit set of 8 KiB with its smaller predecessors, the exception and the assertion above.
      assertThat(threads.getCurrentThreadAllocatedBytes() - before).isLessThan(64 * 1024);
    }
  }

  @Test
  void unknownFieldMayNestAsDeepAsAFrameIsLong() {
    int depth = (MAX_BODY_BYTES - "{'a':,'next_ping_in_ms':5}".length()) / 2;
    String body = "{'a':" + "[".repeat(depth) + "]".repeat(depth) + ",'next_ping_in_ms':5}";
    assertThatCode(() -> assertThat(parse(body)).isEqualTo(new PingBody(5, false, false)))
        .doesNotThrowAnyException();
  }

  @Test
  void mutatedBodiesAreReadOrRefusedWithAPrintableMessage() {
    Random random = new Random(TestSeed.of("mutatedBodiesAreReadOrRefusedWithAPrintableMessage"));
    for (int i = 0; i < 50_000; i++) {
      byte[] body = PingJson.encode(random.nextInt(Integer.MAX_VALUE), random.nextBoolean());
      for (int edits = random.nextInt(4); edits >= 0; edits--) {
        body[random.nextInt(body.length)] = (byte) random.nextInt(256);
      }
      int length = random.nextInt(body.length + 1);
      try {
        assertThat(PingJson.parse(body, 0, length).nextPingInMillis()).isBetween(0L, 0xFFFF_FFFFL);
      } catch (ProtocolViolationException violation) {
        assertThat(violation.getMessage()).matches("PING body: [ -~]{1,140}");
      }
    }
  }

  @Test
  void encodesTheFieldOfTheCrateAndTheOffer() {
    assertThat(new String(PingJson.encode(1_800_000, false), US_ASCII))
        .isEqualTo("{\"next_ping_in_ms\":1800000}");
    assertThat(new String(PingJson.encode(1_800_000, true), US_ASCII))
        .isEqualTo("{\"next_ping_in_ms\":1800000,\"picomux_java\":{\"half_close\":1,\"reset\":1}}");
  }

  @Test
  void eachOfferStandsForItself() throws ProtocolViolationException {
    assertThat(parse("{'next_ping_in_ms':7,'picomux_java':{'reset':1}}"))
        .isEqualTo(new PingBody(7, false, true));
    assertThat(parse("{'next_ping_in_ms':7,'picomux_java':{'half_close':0,'reset':3}}"))
        .isEqualTo(new PingBody(7, false, true));
    assertThat(parse("{'next_ping_in_ms':7,'reset':1,'picomux_java':{'half_close':1}}"))
        .isEqualTo(new PingBody(7, true, false));
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 1, 9, 10, 1_800_000, 0x7FFF_FFFFL, 0x8000_0000L, 0xFFFF_FFFFL})
  void readsWhatItWrites(long nextPingInMillis) throws ProtocolViolationException {
    for (boolean offer : new boolean[] {false, true}) {
      byte[] body = PingJson.encode(nextPingInMillis, offer);
      assertThat(PingJson.parse(body, 0, body.length))
          .isEqualTo(new PingBody(nextPingInMillis, offer, offer));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, 0x1_0000_0000L, Long.MIN_VALUE, Long.MAX_VALUE})
  void refusesToWriteWhatDoesNotFitTheField(long nextPingInMillis) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> PingJson.encode(nextPingInMillis, false))
        .withMessageContaining("nextPingInMillis is " + nextPingInMillis);
  }

  @Test
  void rangeOutsideTheArrayIsTheCallersMistake() {
    byte[] body = PingJson.encode(1, false);
    assertThatThrownBy(() -> PingJson.parse(body, 1, body.length))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  private static byte[] withKey(String hex) {
    return concat(ascii("{\"next_ping_in_ms\":1,\""), bytes(hex), ascii("\":0}"));
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex);
  }

  private static byte[] withField(String name, byte[] value) {
    return concat(ascii("{\"next_ping_in_ms\":1,\"" + name + "\":"), value, ascii("}"));
  }

  private static byte[] concat(byte[]... parts) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    Arrays.stream(parts).forEach(joined::writeBytes);
    return joined.toByteArray();
  }

  /** The bytes of {@code text}. */
  private static byte[] ascii(String text) {
    return text.getBytes(US_ASCII);
  }

  /** Reads a body written with single quotes for double ones. */
  private static PingBody parse(String text) throws ProtocolViolationException {
    byte[] body = ascii(text.replace('\'', '"'));
    return PingJson.parse(body, 0, body.length);
  }

  private static long verdict(byte[] body) {
    return verdict(body, 0, body.length);
  }

  private static long verdict(byte[] body, int offset, int length) {
    try {
      return PingJson.parse(body, offset, length).nextPingInMillis();
    } catch (ProtocolViolationException refused) {
      return RecordedVerdict.REFUSED;
    }
  }
}
