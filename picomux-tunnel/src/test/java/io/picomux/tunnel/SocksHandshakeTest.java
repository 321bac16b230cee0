package io.picomux.tunnel;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.picomux.tunnel.SocksHandshake.State;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The handshake against bytes written down from RFC 1928 and the SOCKS4 and SOCKS4a memos. */
final class SocksHandshakeTest {

  private static final String GREETING = "05 01 00";
  private static final String CHOSEN = "05 00";
  private static final String SUCCESS = "05 00 00 01 00 00 00 00 00 00";
  private static final String DATA = "DA7A";

  /** What a client sends, the destination in it, and all that is answered. */
  static Stream<Arguments> requests() {
    return Stream.of(
        Arguments.of(
            GREETING + "05 01 00 01 C0 00 02 07 1F 90", "192.0.2.7:8080", CHOSEN + SUCCESS),
        Arguments.of(
            GREETING + "05 01 00 04 2001 0DB8 0000 0000 0000 0000 0000 0001 0050",
            "[2001:db8::1]:80",
            CHOSEN + SUCCESS),
        Arguments.of(
            GREETING + "05 01 00 03 0B" + hex("Example.COM") + "01 BB",
            "example.com:443",
            CHOSEN + SUCCESS),
        Arguments.of(
            GREETING + "05 01 00 03 0E 62 C3BC" + hex("cher.test") + "2D31 00 50",
            "xn--bcher-kva.test-1:80",
            CHOSEN + SUCCESS),
        Arguments.of(
            "05 03 01 02 00" + "05 01 00 03 01" + hex("a") + "00 01", "a:1", CHOSEN + SUCCESS),
        Arguments.of(
            "04 01 1F 90 C0 00 02 07" + hex("me") + "00", "192.0.2.7:8080", "00 5A 0000 00000000"),
        Arguments.of(
            "04 01 01 BB 00 00 00 01" + "00" + hex("example.com") + "00",
            "example.com:443",
            "00 5A 0000 00000000"));
  }

  @ParameterizedTest
  @MethodSource("requests")
  void anySlicingGivesTheSame(String client, String destination, String answers) {
    byte[] bytes = bytes(client + DATA);
    for (int first = 1; first <= bytes.length; first++) {
      for (int second = first; second <= bytes.length; second++) {
        Conversation conversation = new Conversation();
        conversation.send(Arrays.copyOfRange(bytes, 0, first));
        conversation.send(Arrays.copyOfRange(bytes, first, second));
        conversation.send(Arrays.copyOfRange(bytes, second, bytes.length));
        conversation.hasReached(destination, answers);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("requests")
  void byteByByte(String client, String destination, String answers) {
    byte[] bytes = bytes(client + DATA);
    Conversation conversation = new Conversation();
    for (byte b : bytes) {
      conversation.send(new byte[] {b});
    }
    conversation.hasReached(destination, answers);
  }

  @ParameterizedTest
  @MethodSource("requests")
  void everyPrefixOfARequestWaitsForMore(String client, String destination, String answers) {
    byte[] bytes = bytes(client);
    for (int length = 1; length < bytes.length; length++) {
      SocksHandshake handshake = new SocksHandshake();
      handshake.receive(Arrays.copyOf(bytes, length));
      assertThat(handshake.state())
          .as("after %s of %s bytes", length, bytes.length)
          .isNotIn(State.DONE, State.FAILED);
    }
    assertThat(destination).isNotEmpty();
    assertThat(answers).isNotEmpty();
  }

  /** What a client sends, what it is answered, and a part of the reason. */
  static Stream<Arguments> mistakes() {
    return Stream.of(
        Arguments.of("16 03 01", "", "first byte is 22"),
        Arguments.of(hex("GET / HTTP/1.1"), "", "first byte is 71"),
        Arguments.of("05 01 02", "05 FF", "no access without authentication"),
        Arguments.of("05 00", "05 FF", "broken SOCKS5 greeting"),
        Arguments.of(
            GREETING + "05 02 00 01 C0 00 02 07 1F 90",
            CHOSEN + "05 07 00 01 00000000 0000",
            "BIND"),
        Arguments.of(
            GREETING + "05 03 00 01 C0 00 02 07 1F 90",
            CHOSEN + "05 07 00 01 00000000 0000",
            "UDP_ASSOCIATE"),
        Arguments.of(
            GREETING + "05 01 00 02 C0 00 02 07 1F 90",
            CHOSEN + "05 08 00 01 00000000 0000",
            "broken SOCKS5 request"),
        Arguments.of(
            GREETING + "05 01 00 03 03" + hex("a b") + "00 50",
            CHOSEN + "05 04 00 01 00000000 0000",
            "bad destination"),
        Arguments.of(
            GREETING + "05 01 00 01 C0 00 02 07 00 00",
            CHOSEN + "05 04 00 01 00000000 0000",
            "port is 0"),
        Arguments.of(
            GREETING + "05 01 00 03 01 FF 00 50",
            CHOSEN + "05 08 00 01 00000000 0000",
            "broken SOCKS5 request"),
        Arguments.of("04 02 1F 90 C0 00 02 07 00", "00 5B 0000 00000000", "BIND"),
        Arguments.of(
            "04 01 00 50 00 00 00 01 00" + hex("a b") + "00", "00 5B 0000 00000000", "bad dest"),
        // Netty reads it as a name with U+FFFD, of which there is no xn-- form.
        Arguments.of(
            "04 01 00 50 00 00 00 01 00 61 86 62 00",
            "00 5B 0000 00000000",
            "broken SOCKS4 request"));
  }

  @ParameterizedTest
  @MethodSource("mistakes")
  void mistakesGetTheirOwnAnswer(String client, String answers, String reason) {
    byte[] bytes = bytes(client);
    Conversation whole = new Conversation();
    whole.send(bytes);
    whole.hasFailed(answers, reason);
    Conversation slow = new Conversation();
    for (byte b : bytes) {
      slow.send(new byte[] {b});
    }
    slow.hasFailed(answers, reason);
  }

  @Test
  void tellsAClientThatThereIsNoSession() {
    SocksHandshake five = new SocksHandshake();
    five.receive(bytes(GREETING + "05 01 00 01 C0 00 02 07 1F 90"));
    five.takeOutput();
    five.refuse();
    assertThat(five.takeOutput()).isEqualTo(bytes("05 03 00 01 00000000 0000"));
    SocksHandshake four = new SocksHandshake();
    four.receive(bytes("04 01 1F 90 C0 00 02 07 00"));
    four.refuse();
    assertThat(four.takeOutput()).isEqualTo(bytes("00 5B 0000 00000000"));
  }

  @Test
  void isNotAnsweredBeforeItIsDone() {
    SocksHandshake handshake = new SocksHandshake();
    assertThatIllegalStateException().isThrownBy(handshake::accept);
    assertThatIllegalStateException().isThrownBy(handshake::destination);
    handshake.receive(bytes("09"));
    assertThatIllegalStateException().isThrownBy(() -> handshake.receive(bytes("05")));
  }

  /** A client that sends whatever comes, and keeps what it is answered. */
  private static final class Conversation {
    private final SocksHandshake handshake = new SocksHandshake();
    private final ByteArrayOutputStream answers = new ByteArrayOutputStream();
    private final ByteArrayOutputStream data = new ByteArrayOutputStream();

    void send(byte[] bytes) {
      if (handshake.state() == State.DONE || handshake.state() == State.FAILED) {
        data.writeBytes(bytes);
        return;
      }
      handshake.receive(bytes);
      answers.writeBytes(handshake.takeOutput());
      if (handshake.state() == State.DONE) {
        data.writeBytes(handshake.rest());
      }
    }

    void hasReached(String destination, String expectedAnswers) {
      assertThat(handshake.state()).isEqualTo(State.DONE);
      assertThat(handshake.destination().toString()).isEqualTo(canonical(destination));
      handshake.accept();
      answers.writeBytes(handshake.takeOutput());
      assertThat(answers.toByteArray()).isEqualTo(bytes(expectedAnswers));
      assertThat(data.toByteArray()).isEqualTo(bytes(DATA));
    }

    void hasFailed(String expectedAnswers, String reason) {
      assertThat(handshake.state()).isEqualTo(State.FAILED);
      assertThat(handshake.failure()).contains(reason);
      assertThat(answers.toByteArray()).isEqualTo(bytes(expectedAnswers));
    }

    /** An IPv6 address has several texts. */
    private static String canonical(String destination) {
      return Destination.parse(destination).toString();
    }
  }

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  private static String hex(String text) {
    return HexFormat.of().formatHex(text.getBytes(US_ASCII));
  }
}
