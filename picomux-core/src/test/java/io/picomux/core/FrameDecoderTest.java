package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class FrameDecoderTest {
  private static final HexFormat HEX = HexFormat.of();

  @ParameterizedTest
  @CsvSource({
    "SYN, 4660, 6162, 0100020034120000 6162",
    "FIN, 1, '', 0101000001000000",
    "PSH, -1, 00ff, 01020200ffffffff 00ff",
    "NOP, 0, 01, 0103010000000000 01",
    "NOP, 6, 52535402, 0103040006000000 52535402",
    "MORE, 1, dc05, 0104020001000000 dc05",
    "PING, 0, 7b7d, 01a0020000000000 7b7d",
    "PONG, 0, '', 01a1000000000000",
  })
  void theLayoutIsThatOfTheCrate(Command command, int streamId, String body, String wire)
      throws Exception {
    byte[] frame = FrameEncoder.encode(command, streamId, HEX.parseHex(body));
    assertThat(HEX.formatHex(frame)).isEqualTo(wire.replace(" ", ""));
    String kept = command == Command.NOP && body.length() != 8 ? "" : body;
    assertThat(decode(frame))
        .containsExactly(new DecodedFrame(command, streamId, body.length() / 2, kept));
  }

  /** A header alone, which may promise much, is given little memory. */
  @Test
  void aFrameThatHasComeInPartTakesAboutWhatHasCome() throws Exception {
    byte[] frame = FrameEncoder.encode(Command.SYN, 1, new byte[60_000]);
    FrameDecoder decoder = new FrameDecoder();
    assertThat(decoder.gatheredBytes()).isZero();
    assertThat(decoder.next(ByteBuffer.wrap(frame, 0, 18))).isEqualTo(FrameDecoder.Step.NEED_INPUT);
    assertThat(decoder.gatheredBytes()).isEqualTo(256);
    assertThat(decoder.next(ByteBuffer.wrap(frame, 18, 246)))
        .isEqualTo(FrameDecoder.Step.NEED_INPUT);
    assertThat(decoder.gatheredBytes()).as("full, not more").isEqualTo(256);
    assertThat(decoder.next(ByteBuffer.wrap(frame, 264, 744)))
        .isEqualTo(FrameDecoder.Step.NEED_INPUT);
    assertThat(decoder.gatheredBytes()).isEqualTo(2_000);
    assertThat(decoder.next(ByteBuffer.wrap(frame, 1_008, 59_000)))
        .isEqualTo(FrameDecoder.Step.CONTROL);
    assertThat(decoder.body()).hasSize(60_000);
    assertThat(decoder.gatheredBytes()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 8, 9, 100, 70_000})
  void anySlicingGivesTheFramesThatWereEncoded(int longestSlice) throws Exception {
    Random random = new Random(TestSeed.of("anySlicingGivesTheFramesThatWereEncoded"));
    List<Command> commands = List.of(Command.values());
    List<DecodedFrame> expected = new ArrayList<>();
    ByteArrayOutputStream wire = new ByteArrayOutputStream();
    for (int i = 0; i < 60; i++) {
      Command command = commands.get(random.nextInt(commands.size()));
      byte[] body = new byte[bodyBytes(command, random)];
      random.nextBytes(body);
      int streamId = random.nextInt();
      wire.writeBytes(FrameEncoder.encode(command, streamId, body));
      boolean kept =
          switch (command) {
            case SYN, PSH, MORE, PING -> true;
            case NOP -> body.length == ResetNotice.BYTES;
            case FIN, PONG -> false;
          };
      expected.add(
          new DecodedFrame(command, streamId, body.length, kept ? HEX.formatHex(body) : ""));
    }
    List<DecodedFrame> frames = new ArrayList<>();
    DecodedFrame.Reader reader = new DecodedFrame.Reader(frames);
    DecodedFrame.feed(reader, wire.toByteArray(), longestSlice, random);
    assertThat(frames).isEqualTo(expected);
    assertThat(reader.atFrameBoundary()).isTrue();
  }

  private static int bodyBytes(Command command, Random random) {
    if (command == Command.MORE) {
      return 2;
    }
    return switch (random.nextInt(8)) {
      case 0 -> 0;
      case 1 -> 1;
      case 2 -> WireFormat.MAX_BODY_BYTES;
      case 3 -> ResetNotice.BYTES;
      default -> random.nextInt(300);
    };
  }

  /** The end of the transport is a clean one only there. */
  @Test
  void isAtAFrameBoundaryExactlyBetweenFrames() throws Exception {
    ByteArrayOutputStream wire = new ByteArrayOutputStream();
    List<Integer> boundaries = new ArrayList<>(List.of(0));
    for (Command command : Command.values()) {
      for (int bodyBytes : command == Command.MORE ? new int[] {2} : new int[] {0, 1, 5}) {
        wire.writeBytes(FrameEncoder.encode(command, 9, new byte[bodyBytes]));
        boundaries.add(wire.size());
      }
    }
    byte[] bytes = wire.toByteArray();
    for (int length = 0; length <= bytes.length; length++) {
      FrameDecoder decoder = new FrameDecoder();
      ByteBuffer in = ByteBuffer.wrap(bytes, 0, length);
      while (in.hasRemaining()) {
        if (decoder.next(in) == FrameDecoder.Step.DATA) {
          in.position(in.position() + decoder.dataBytes());
        }
      }
      assertThat(decoder.atFrameBoundary())
          .as("after %d bytes", length)
          .isEqualTo(boundaries.contains(length));
    }
  }

  @Test
  void bodiesBelongToTheCaller() throws Exception {
    FrameDecoder decoder = new FrameDecoder();
    byte[] syn = FrameEncoder.encode(Command.SYN, 1, new byte[] {1, 2, 3});
    ByteBuffer in = ByteBuffer.allocate(2 * syn.length).put(syn).put(syn).flip();
    decoder.next(in);
    byte[] first = decoder.body();
    first[0] = 99;
    decoder.next(in);
    assertThat(decoder.body()).containsExactly(1, 2, 3);
    assertThat(first).containsExactly(99, 2, 3);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 3, 127, 128, 255})
  void otherVersionsAreRefused(int version) {
    byte[] frame = FrameEncoder.encode(Command.SYN, 7, new byte[0]);
    frame[0] = (byte) version;
    assertViolation(
        frame,
        Violation.BAD_VERSION,
        7,
        "frame version is " + version + ", must be 1; the frame names stream 7");
  }

  @Test
  void otherCommandsAreRefused() {
    for (int code = 0; code < 256; code++) {
      Command command = Command.of(code);
      if (command != null) {
        assertThat(command.code()).isEqualTo(code);
        continue;
      }
      byte[] frame = FrameEncoder.encode(Command.SYN, -2, new byte[0]);
      frame[1] = (byte) code;
      assertViolation(
          frame,
          Violation.UNKNOWN_COMMAND,
          -2,
          "command is 0x"
              + Integer.toHexString(code)
              + ", must be 0x0 to 0x4, 0xa0 or 0xa1; the frame names stream 4294967294");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 3, 65_535})
  void otherLengthsOfMoreAreRefusedAtTheHeader(int bodyBytes) {
    byte[] header = new byte[WireFormat.HEADER_BYTES];
    FrameEncoder.putHeader(ByteBuffer.wrap(header), Command.MORE, 5, bodyBytes);
    assertViolation(
        header,
        Violation.BAD_MORE_LENGTH,
        5,
        "MORE body is " + bodyBytes + " bytes, must be 2, for stream 5");
  }

  @Test
  void creditIsALittleEndianU16() {
    for (int frames : new int[] {0, 1, 255, 256, 1490, 65_535}) {
      byte[] body = FrameEncoder.moreBody(frames);
      assertThat(ByteBuffer.wrap(body).order(ByteOrder.LITTLE_ENDIAN).getShort() & 0xFFFF)
          .isEqualTo(frames);
      assertThat(FrameEncoder.moreFrames(body)).isEqualTo(frames);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 65_536, 1 << 20})
  void bodiesThatDoNotFitTheirFieldAreRefused(int bodyBytes) {
    assertThatThrownBy(
            () -> FrameEncoder.putHeader(ByteBuffer.allocate(8), Command.PSH, 1, bodyBytes))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("body is " + bodyBytes + " bytes, must be 0 to 65535");
  }

  private static void assertViolation(
      byte[] frame, Violation violation, int streamId, String message) {
    assertThatThrownBy(() -> decode(frame))
        .isInstanceOfSatisfying(
            ProtocolViolationException.class,
            e -> {
              assertThat(e.violation()).isEqualTo(violation);
              assertThat(e.streamId()).isEqualTo(streamId);
              assertThat(e).hasMessage(message);
            });
  }

  private static List<DecodedFrame> decode(byte[] bytes) throws ProtocolViolationException {
    List<DecodedFrame> frames = new ArrayList<>();
    new DecodedFrame.Reader(frames).read(ByteBuffer.wrap(bytes));
    return frames;
  }
}
