package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.core.AllocationMeter.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.openjdk.jmh.runner.BenchmarkList;
import org.openjdk.jmh.runner.BenchmarkListEntry;
import org.openjdk.jmh.runner.format.OutputFormat;
import org.openjdk.jmh.runner.format.OutputFormatFactory;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * In the long run no part of the core allocates for a frame, except the bodies of control frames:
 * of a MORE or SYN that comes, and of a MORE that goes.
 */
class AllocationTest {
  /** After so many frames queues and tables have their size, and streams their windows. */
  private static final int WARMUP_FRAMES = 400_000;

  private static final int MEASURED_FRAMES = 400_000;

  /**
   * Exactly 0 is found. The smallest object has 8 to 16 bytes, so that one for every 800 frames is
   * seen, and what the JVM may one day put into any thread is not.
   */
  private static final double TOLERATED_BYTES_PER_FRAME = 0.01;

  private static final String[] NO_PARAMETER = {"0"};

  private static byte[] kept = {};

  /** Tells what the bodies of control frames took when so many frames were through. */
  @FunctionalInterface
  interface Bodies {
    Bodies NONE = frames -> 0;

    double bytes(long frames);
  }

  /** One benchmark with its parameter, 0 for none. */
  record Case(String benchmark, int streams, int frames, Work work, Bodies bodies) {
    @Override
    public String toString() {
      return benchmark + " " + streams;
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void allocatesNothingForAFrame(Case measured) throws ProtocolViolationException {
    long warmups = WARMUP_FRAMES / measured.frames;
    long times = MEASURED_FRAMES / measured.frames;
    long frames = times * measured.frames;
    AllocationMeter.bytesOf(measured.work, warmups);
    double bodiesBefore = measured.bodies.bytes(0);
    long bytes = AllocationMeter.bytesOf(measured.work, times);
    double bodyBytes = measured.bodies.bytes(frames) - bodiesBefore;
    assertThat((bytes - bodyBytes) / frames).isLessThan(TOLERATED_BYTES_PER_FRAME);
  }

  @Test
  void noBenchmarkIsLeftOut() throws ProtocolViolationException {
    OutputFormat silent = OutputFormatFactory.createFormatInstance(System.out, VerboseMode.SILENT);
    List<String> all = new ArrayList<>();
    for (BenchmarkListEntry entry : BenchmarkList.defaultList().getAll(silent, List.of())) {
      Map<String, String[]> parameters = entry.getParams().orElse(Map.of());
      for (String streams : parameters.getOrDefault("streams", NO_PARAMETER)) {
        all.add(entry.getUsername() + " " + streams);
      }
    }
    assertThat(cases())
        .extracting(measured -> "io.picomux.core." + measured)
        .containsExactlyInAnyOrderElementsOf(all);
  }

  @Test
  void anObjectOfTheSmallestSizeWouldBeSeen() throws ProtocolViolationException {
    assertThat(arrayBytes(0)).isBetween(8.0, 24.0);
  }

  static List<Case> cases() throws ProtocolViolationException {
    List<Case> cases = new ArrayList<>();
    addDecoder(cases);
    addEncoder(cases);
    addScheduler(cases);
    for (int streams : new int[] {1, 60}) {
      addCredit(cases, streams);
    }
    return cases;
  }

  private static void addDecoder(List<Case> cases) throws ProtocolViolationException {
    DecodeBenchmark decode = new DecodeBenchmark();
    double moreBytes = arrayBytes(WireFormat.MORE_BODY_BYTES);
    double synBytes = arrayBytes(FrameMix.METADATA_BYTES);
    String name = "DecodeBenchmark.";
    cases.add(
        new Case(name + "fullFrames", 0, FrameMix.FULL_FRAMES, decode::fullFrames, Bodies.NONE));
    cases.add(
        new Case(name + "smallFrames", 0, FrameMix.SMALL_FRAMES, decode::smallFrames, Bodies.NONE));
    cases.add(new Case(name + "finFrames", 0, FrameMix.FIN_FRAMES, decode::finFrames, Bodies.NONE));
    cases.add(
        new Case(
            name + "moreFrames",
            0,
            FrameMix.MORE_FRAMES,
            decode::moreFrames,
            frames -> frames * moreBytes));
    cases.add(
        new Case(
            name + "synFrames",
            0,
            FrameMix.SYN_FRAMES,
            decode::synFrames,
            frames -> frames * synBytes));
  }

  private static void addEncoder(List<Case> cases) throws ProtocolViolationException {
    EncodeBenchmark encode = new EncodeBenchmark();
    double moreBytes = arrayBytes(WireFormat.MORE_BODY_BYTES);
    String name = "EncodeBenchmark.";
    cases.add(
        new Case(name + "fullFrames", 0, FrameMix.FULL_FRAMES, encode::fullFrames, Bodies.NONE));
    cases.add(
        new Case(name + "smallFrames", 0, FrameMix.SMALL_FRAMES, encode::smallFrames, Bodies.NONE));
    cases.add(new Case(name + "finFrames", 0, FrameMix.FIN_FRAMES, encode::finFrames, Bodies.NONE));
    // Until the JVM's compiler finds that it can do without the array.
    cases.add(
        new Case(
            name + "moreFrames",
            0,
            FrameMix.MORE_FRAMES,
            encode::moreFrames,
            frames -> frames * moreBytes));
    cases.add(new Case(name + "synFrames", 0, FrameMix.SYN_FRAMES, encode::synFrames, Bodies.NONE));
  }

  private static void addScheduler(List<Case> cases) {
    ScheduleBenchmark schedule = new ScheduleBenchmark();
    String name = "ScheduleBenchmark.";
    for (int streams : new int[] {1, 60, 1000}) {
      ScheduleBenchmark.Bulk bulk = new ScheduleBenchmark.Bulk();
      bulk.streams = streams;
      bulk.setUp();
      cases.add(
          new Case(
              name + "bulk",
              streams,
              ScheduleBenchmark.FRAMES,
              () -> schedule.bulk(bulk),
              Bodies.NONE));
    }
    ScheduleBenchmark.SparseBesideBulk both = new ScheduleBenchmark.SparseBesideBulk();
    cases.add(
        new Case(
            name + "sparseBesideBulk",
            0,
            ScheduleBenchmark.FRAMES,
            () -> schedule.sparseBesideBulk(both),
            Bodies.NONE));
  }

  private static void addCredit(List<Case> cases, int streams) throws ProtocolViolationException {
    double moreBytes = arrayBytes(WireFormat.MORE_BODY_BYTES);
    ReceiveCreditBenchmark waits = receiving(streams);
    ReceiveCreditBenchmark lags = receiving(streams);
    SendCreditBenchmark ahead = sending(streams);
    SendCreditBenchmark usedUp = sending(streams);
    cases.add(
        new Case(
            "ReceiveCreditBenchmark.readerThatWaits",
            streams,
            ReceiveCreditBenchmark.FRAMES,
            waits::readerThatWaits,
            frames -> waits.sentFrames() * moreBytes));
    cases.add(
        new Case(
            "ReceiveCreditBenchmark.readerThatLags",
            streams,
            ReceiveCreditBenchmark.FRAMES,
            lags::readerThatLags,
            frames -> lags.sentFrames() * moreBytes));
    cases.add(
        new Case(
            "SendCreditBenchmark.grantedAhead",
            streams,
            SendCreditBenchmark.FRAMES,
            ahead::grantedAhead,
            Bodies.NONE));
    cases.add(
        new Case(
            "SendCreditBenchmark.usedUp",
            streams,
            SendCreditBenchmark.FRAMES,
            usedUp::usedUp,
            Bodies.NONE));
  }

  private static ReceiveCreditBenchmark receiving(int streams) {
    ReceiveCreditBenchmark benchmark = new ReceiveCreditBenchmark();
    benchmark.streams = streams;
    benchmark.setUp();
    return benchmark;
  }

  private static SendCreditBenchmark sending(int streams) {
    SendCreditBenchmark benchmark = new SendCreditBenchmark();
    benchmark.streams = streams;
    benchmark.setUp();
    return benchmark;
  }

  /** Returns what an array takes on the heap of this JVM. */
  private static double arrayBytes(int length) throws ProtocolViolationException {
    int times = 1000;
    Work allocation =
        () -> {
          kept = new byte[length];
          return kept.length + 1L;
        };
    AllocationMeter.bytesOf(allocation, 1);
    return (double) AllocationMeter.bytesOf(allocation, times) / times;
  }
}
