package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Sessions between Rust peers, recorded on the wire, replayed against decoder and core. */
class TranscriptTest {

  static Stream<Transcript> transcripts() {
    return Transcript.all();
  }

  @Test
  void everyVersionAndCommandIsRecorded() throws Exception {
    Set<String> versions = new HashSet<>();
    Set<Command> commands = EnumSet.noneOf(Command.class);
    for (Transcript transcript : transcripts().toList()) {
      versions.add(transcript.header("listener"));
      versions.add(transcript.header("connector"));
      for (boolean fromOpener : new boolean[] {true, false}) {
        decode(transcript.bytes(fromOpener)).forEach(frame -> commands.add(frame.command()));
      }
    }
    assertThat(versions).contains("0.1.14", "0.2.1", "0.3.3");
    assertThat(commands).isEqualTo(EnumSet.complementOf(EnumSet.of(Command.NOP)));
  }

  @ParameterizedTest
  @MethodSource("transcripts")
  void everyFrameDecodesTheSameUnderAnySlicing(Transcript transcript) throws Exception {
    Random random = new Random(TestSeed.of("everyFrameDecodesTheSameUnderAnySlicing"));
    for (boolean fromOpener : new boolean[] {true, false}) {
      byte[] bytes = transcript.bytes(fromOpener);
      List<DecodedFrame> frames = decode(bytes);
      assertThat(frames).isNotEmpty();
      for (int longest : new int[] {1, 3, 9, 500}) {
        List<DecodedFrame> sliced = new ArrayList<>();
        DecodedFrame.feed(new DecodedFrame.Reader(sliced), bytes, longest, random);
        assertThat(sliced).as("slices of up to %d bytes", longest).isEqualTo(frames);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("transcripts")
  void encodingWhatWasDecodedGivesTheRecordedBytes(Transcript transcript) throws Exception {
    for (boolean fromOpener : new boolean[] {true, false}) {
      byte[] bytes = transcript.bytes(fromOpener);
      ByteBuffer encoded = ByteBuffer.allocate(bytes.length);
      for (DecodedFrame frame : decode(bytes)) {
        encoded.put(
            FrameEncoder.encode(
                frame.command(), frame.streamId(), HexFormat.of().parseHex(frame.body())));
      }
      assertThat(encoded.flip())
          .as("up to a frame that the end of the recording cuts off")
          .isEqualTo(ByteBuffer.wrap(bytes, 0, encoded.limit()));
      assertThat(bytes.length - encoded.limit()).isLessThan(WireFormat.HEADER_BYTES + 8192);
    }
  }

  /** The side that opened the streams speaks; the core accepts them, reads and answers. */
  @ParameterizedTest
  @MethodSource("transcripts")
  void aCoreAcceptsWhatTheOpenerSends(Transcript transcript) throws Exception {
    long seed = TestSeed.of("aCoreAcceptsWhatTheOpenerSends");
    Random random = new Random(seed);
    byte[] recorded = transcript.bytes(true);
    Map<Integer, Integer> expectedBytes = new TreeMap<>();
    int pings = 0;
    for (DecodedFrame frame : decode(recorded)) {
      if (frame.command() == Command.PSH) {
        expectedBytes.merge(frame.streamId(), frame.bodyBytes(), Integer::sum);
      }
      pings += frame.command() == Command.PING ? 1 : 0;
    }

    CoreDriver driver = new CoreDriver(MuxConfig.DEFAULT.withWindowPolicy(WindowPolicy.CRATE));
    Map<Integer, CoreStream> streams = new HashMap<>();
    Map<Integer, Integer> readBytes = new TreeMap<>();
    List<String> sent = new ArrayList<>();
    List<DecodedFrame> frames = new ArrayList<>();
    DecodedFrame.Reader reader = new DecodedFrame.Reader(frames);
    for (Transcript.Piece piece : transcript.pieces()) {
      if (!piece.fromOpener) {
        continue;
      }
      driver.pass(Math.max(0, piece.micros * 1_000 - driver.nowNanos));
      DecodedFrame.feed(reader, piece.bytes, 100, random);
      for (DecodedFrame frame : frames) {
        receive(driver, frame, streams, readBytes);
      }
      frames.clear();
      sent.addAll(driver.sent());
    }
    assertThat(readBytes).as("every byte of every stream").isEqualTo(expectedBytes);
    assertThat(driver.core.unreadBytes()).isZero();
    assertThat(sent.stream().filter(line -> line.equals("PONG"))).hasSize(pings);
    assertThat(driver.core.stats(driver.nowNanos).noiseFrames()).isZero();

    streams.values().forEach(driver::close);
    driver.sent();
    driver.pass(60 * CoreDriver.SECOND);
    driver.sent();
    driver.pass(60 * CoreDriver.SECOND);
    driver.assertNothingLeft();
  }

  /** The other side's frames are for streams that this core never opened: none is a violation. */
  @ParameterizedTest
  @MethodSource("transcripts")
  void aCoreIgnoresWhatTheAcceptorSendsForStreamsItDoesNotHave(Transcript transcript)
      throws Exception {
    CoreDriver driver = new CoreDriver(MuxConfig.DEFAULT);
    for (DecodedFrame frame : decode(transcript.bytes(false))) {
      assertThat(frame.command()).isNotEqualTo(Command.SYN);
      receive(driver, frame, new HashMap<>(), new HashMap<>());
      assertThat(driver.sent()).isSubsetOf("PING", "PONG");
    }
    driver.assertNothingLeft();
  }

  /** The core opens, writes and finishes what the recorded opener did, and hears the acceptor. */
  @ParameterizedTest
  @MethodSource("transcripts")
  void aCoreCanTakeTheOpenersPlace(Transcript transcript) throws Exception {
    CoreDriver driver = new CoreDriver(MuxConfig.DEFAULT.withWindowPolicy(WindowPolicy.CRATE));
    Map<Integer, CoreStream> streams = new HashMap<>();
    Map<Integer, Integer> recordedBytes = new TreeMap<>();
    Map<Integer, Integer> receivedBytes = new TreeMap<>();
    Map<Integer, Integer> ids = new HashMap<>();
    int fins = 0;
    List<String> sent = new ArrayList<>(driver.sent());
    List<DecodedFrame> frames = new ArrayList<>();
    DecodedFrame.Reader opener = new DecodedFrame.Reader(frames);
    DecodedFrame.Reader acceptor = new DecodedFrame.Reader(frames);
    for (Transcript.Piece piece : transcript.pieces()) {
      driver.pass(Math.max(0, piece.micros * 1_000 - driver.nowNanos));
      (piece.fromOpener ? opener : acceptor).read(ByteBuffer.wrap(piece.bytes));
      for (DecodedFrame frame : frames) {
        CoreStream stream = streams.get(frame.streamId());
        if (piece.fromOpener) {
          switch (frame.command()) {
            case SYN -> {
              CoreStream opened = driver.open(frame.bodyBytes());
              streams.put(frame.streamId(), opened);
              ids.put(opened.id(), frame.streamId());
            }
            case PSH -> {
              recordedBytes.merge(frame.streamId(), frame.bodyBytes(), Integer::sum);
              driver.write(known(stream), frame.bodyBytes());
            }
            case FIN -> {
              fins += known(stream).state().acceptsWrites() ? 1 : 0;
              driver.core.finish(known(stream), false, driver.nowNanos);
            }
            case NOP, MORE, PING, PONG -> {
              // The core decides on these by itself.
            }
          }
        } else {
          int id = stream == null ? frame.streamId() : stream.id();
          Map<Integer, CoreStream> own = stream == null ? Map.of() : Map.of(id, stream);
          receive(
              driver,
              new DecodedFrame(frame.command(), id, frame.bodyBytes(), frame.body()),
              own,
              receivedBytes);
        }
        sent.addAll(driver.sent());
      }
      frames.clear();
    }
    assertThat(driver.core.stats(driver.nowNanos).noiseFrames()).isZero();
    Map<Integer, Integer> sentBytes = new TreeMap<>();
    streams.forEach((id, stream) -> {
      int bytes = recordedBytes.getOrDefault(id, 0) - CoreDriver.pending(stream).bytes;
      if (bytes > 0) {
        sentBytes.put(id, bytes);
      }
    });
    assertThat(sentBytes).as("all that was written went out").isEqualTo(recordedBytes);
    assertThat(sent.stream().filter(line -> line.startsWith("FIN"))).hasSize(fins);
    Map<Integer, Integer> expectedBytes = new TreeMap<>();
    for (DecodedFrame frame : decode(transcript.bytes(false))) {
      if (frame.command() == Command.PSH) {
        expectedBytes.merge(frame.streamId(), frame.bodyBytes(), Integer::sum);
      }
    }
    Map<Integer, Integer> received = new TreeMap<>();
    receivedBytes.forEach((id, bytes) -> received.put(ids.getOrDefault(id, 0), bytes));
    assertThat(received).as("all that the acceptor sent was taken").isEqualTo(expectedBytes);
    assertThat(driver.core.unreadBytes()).isZero();
  }

  private static CoreStream known(@Nullable CoreStream stream) {
    if (stream == null) {
      throw new AssertionError("a frame for a stream that was not opened");
    }
    return stream;
  }

  private static void receive(
      CoreDriver driver,
      DecodedFrame frame,
      Map<Integer, CoreStream> streams,
      Map<Integer, Integer> readBytes)
      throws ProtocolViolationException {
    byte[] body = HexFormat.of().parseHex(frame.body());
    if (frame.command() == Command.PSH) {
      CoreStream stream = streams.get(frame.streamId());
      if (driver.data(frame.streamId(), body.length) && stream != null) {
        readBytes.merge(frame.streamId(), body.length, Integer::sum);
        driver.read(stream, 1);
      }
      return;
    }
    @Nullable CoreStream opened = driver.control(frame.command(), frame.streamId(), body);
    if (opened != null) {
      opened.attach(new CoreDriver.Pending());
      driver.core.accepted(opened, driver.nowNanos);
      assertThat(opened.metadata()).isEqualTo(body);
      streams.put(opened.id(), opened);
    }
  }

  private static List<DecodedFrame> decode(byte[] bytes) throws ProtocolViolationException {
    List<DecodedFrame> frames = new ArrayList<>();
    new DecodedFrame.Reader(frames).read(ByteBuffer.wrap(bytes));
    return frames;
  }
}
