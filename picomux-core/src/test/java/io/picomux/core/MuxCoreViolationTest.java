package io.picomux.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.nio.ByteBuffer;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every way in which a peer can break the protocol, and what the owner is told. */
class MuxCoreViolationTest {

  private record Provocation(ThrowingCallable call, int streamId, String message) {}

  @ParameterizedTest
  @EnumSource
  void eachNamesFrameStreamAndBothNumbers(Violation violation) throws Exception {
    CoreDriver driver = CoreDriver.calm();
    Provocation provocation =
        switch (violation) {
          case BAD_VERSION ->
              new Provocation(
                  () -> decode(2, 0, 0, 7),
                  7,
                  "frame version is 2, must be 1; the frame names stream 7");
          case UNKNOWN_COMMAND ->
              new Provocation(
                  () -> decode(1, 0xA2, 0, 7),
                  7,
                  "command is 0xa2, must be 0x0 to 0x4, 0xa0 or 0xa1; the frame names stream 7");
          case BAD_MORE_LENGTH ->
              new Provocation(
                  () -> decode(1, 4, 3, 7), 7, "MORE body is 3 bytes, must be 2, for stream 7");
          case CREDIT_OVERFLOW -> creditOverflow(driver);
          case MORE_FLOOD -> moreFlood(driver);
          case WINDOW_OVERRUN -> windowOverrun(driver);
          case DUPLICATE_SYN -> {
            driver.accept(7);
            yield new Provocation(() -> driver.syn(7, 0), 7, "SYN for stream 7, which is open");
          }
          case BAD_PING_BODY ->
              new Provocation(
                  () -> driver.ping("{\"next_ping_in_ms\":-1}"),
                  0,
                  messageOf("{\"next_ping_in_ms\":-1}"));
          case PING_FLOOD -> pingFlood(driver);
          case REFUSAL_FLOOD -> refusalFlood(driver);
          case EMPTY_FRAME_FLOOD -> emptyFrameFlood(driver);
          case NOISE_FLOOD -> noiseFlood(driver);
          case OVERSIZED_BODIES -> oversizedBodies();
        };
    CoreDriver.assertViolation(
        provocation.call(), violation, provocation.streamId(), provocation.message());
  }

  private static void decode(int version, int command, int bodyBytes, int streamId)
      throws ProtocolViolationException {
    new FrameDecoder()
        .next(
            ByteBuffer.wrap(
                new byte[] {
                  (byte) version, (byte) command, (byte) bodyBytes, 0, (byte) streamId, 0, 0, 0
                }));
  }

  private static Provocation creditOverflow(CoreDriver driver) throws ProtocolViolationException {
    CoreStream stream = driver.accept(7);
    for (int i = 0; i < 16; i++) {
      driver.more(stream, 65_535);
    }
    driver.more(stream, (1 << 20) - 16 * 65_535 - 10);
    return new Provocation(
        () -> driver.more(stream, 2),
        7,
        "MORE of 2 raises the credit of stream 7 to 1048578 frames, at most 1048576 are allowed");
  }

  private static Provocation moreFlood(CoreDriver driver) throws ProtocolViolationException {
    CoreStream stream = driver.accept(7);
    driver.write(stream, 3);
    driver.sent();
    for (int i = 0; i < 1000 + 10 + 10; i++) {
      driver.more(stream, 0);
    }
    return new Provocation(
        () -> driver.more(stream, 0),
        7,
        "1021 MORE frames came, the last for stream 7; at most 1020 are explained by what we sent");
  }

  private static Provocation windowOverrun(CoreDriver driver) throws ProtocolViolationException {
    driver.accept(7);
    for (int i = 0; i < 10; i++) {
      driver.data(7, 1);
    }
    return new Provocation(
        () -> driver.data(7, 8192),
        7,
        "a data frame of 8192 bytes came for stream 7, whose credit is 0 frames");
  }

  private static String messageOf(String pingBody) {
    byte[] body = pingBody.getBytes(UTF_8);
    try {
      PingJson.parse(body, 0, body.length);
    } catch (ProtocolViolationException e) {
      return Objects.requireNonNull(e.getMessage());
    }
    throw new AssertionError(pingBody + " was accepted");
  }

  private static Provocation pingFlood(CoreDriver driver) throws ProtocolViolationException {
    for (int i = 0; i < 64; i++) {
      driver.ping("[1]");
    }
    return new Provocation(
        () -> driver.ping("[1]"), 0, "65 PINGs wait for their PONG, at most 64 are allowed");
  }

  private static Provocation refusalFlood(CoreDriver driver) throws ProtocolViolationException {
    driver.core.refuseStreams();
    for (int id = 1; id <= 65_536; id++) {
      driver.syn(id, 0);
    }
    return new Provocation(
        () -> driver.syn(65_537, 0),
        65_537,
        "65537 refused SYNs wait for their FIN, the last for stream 65537; at most 65536 are"
            + " allowed");
  }

  private static Provocation emptyFrameFlood(CoreDriver driver) throws ProtocolViolationException {
    CoreStream stream = driver.accept(7);
    for (int i = 0; i < 100; i++) {
      driver.data(7, 0);
      driver.read(stream, 1);
    }
    return new Provocation(
        () -> driver.data(7, 0),
        7,
        "101 empty data frames came on stream 7 within a minute, at most 100 are allowed");
  }

  private static Provocation noiseFlood(CoreDriver driver) throws ProtocolViolationException {
    for (int i = 0; i < 10_000; i++) {
      driver.control(Command.NOP, 7, new byte[0]);
    }
    return new Provocation(
        () -> driver.control(Command.NOP, 7, new byte[0]),
        7,
        "10001 frames without meaning came, the last a NOP for stream 7; at most 10000 at once and"
            + " 330 per second are allowed");
  }

  private static Provocation oversizedBodies() throws ProtocolViolationException {
    CoreDriver small =
        CoreDriver.calm(CoreDriver.limits(MuxLimits.builder().receiveBudgetBytes(1 << 20)));
    small.accept(7);
    small.accept(8);
    for (int i = 0; i < 8; i++) {
      small.data(7, 65_535);
      small.data(8, 65_535);
    }
    return new Provocation(
        () -> small.data(7, 65_535),
        7,
        "data bodies above 8192 bytes on stream 7 filled the receive budget: 1114095 of 1048576"
            + " bytes");
  }

  // ---- what is just within bounds

  @Test
  void emptyFramesAreCountedByTheMinute() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream stream = driver.accept(7);
    for (int minute = 0; minute < 5; minute++) {
      for (int i = 0; i < 100; i++) {
        driver.data(7, 0);
        driver.read(stream, 1);
      }
      driver.pass(60 * CoreDriver.SECOND);
    }
    assertThat(stream.receiveCreditFrames()).isPositive();
  }

  @Test
  void emptyFramesAreTooManyInALaterMinuteAsWell() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream stream = driver.accept(7);
    driver.pass(100 * CoreDriver.SECOND);
    for (int i = 0; i < 100; i++) {
      driver.data(7, 0);
      driver.read(stream, 1);
    }
    CoreDriver.assertViolation(
        () -> driver.data(7, 0),
        Violation.EMPTY_FRAME_FLOOD,
        7,
        "101 empty data frames came on stream 7 within a minute, at most 100 are allowed");
  }

  @Test
  void creditForDataThatWasSentIsNoFlood() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    CoreStream stream = driver.opened();
    for (int i = 0; i < 5_000; i++) {
      driver.write(stream, 1);
      driver.sent();
      driver.more(stream, 1);
    }
    assertThat(stream.sendCreditFrames()).isEqualTo(10);
  }

  @Test
  void framesForIdsThatNobodyUsedAreNoiseOfEveryKind() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    driver.control(Command.FIN, 5, new byte[0]);
    driver.control(Command.MORE, 5, FrameEncoder.moreBody(3));
    assertThat(driver.data(5, 60_000)).isFalse();
    driver.control(Command.NOP, 5, ResetNotice.reset());
    assertThat(driver.core.stats(0).noiseFrames()).isEqualTo(4);
    assertThat(driver.core.unreadBytes()).isZero();
    driver.assertNothingLeft();
  }

  @Test
  void pongsMakeRoomForPings() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    for (int i = 0; i < 1_000; i++) {
      driver.ping("[1]");
      assertThat(driver.sent()).containsExactly("PONG");
    }
  }

  @Test
  void dataFramesAreForHandleData() throws Exception {
    CoreDriver driver = CoreDriver.calm();
    assertThatIllegalArgumentException()
        .isThrownBy(() -> driver.control(Command.PSH, 5, new byte[0]))
        .withMessage("data frames go to handleData");
  }
}
