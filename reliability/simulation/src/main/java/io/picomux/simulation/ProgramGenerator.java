package io.picomux.simulation;

import io.picomux.core.FinMode;
import io.picomux.core.WindowPolicy;
import io.picomux.core.WireFormat;
import io.picomux.testkit.LinkProfile;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/** Makes programs from seeds: the same seed gives the same program. Not thread-safe. */
final class ProgramGenerator {
  private static final long MILLI = 1_000_000;

  /** Each piece of a write may be an event and a frame. */
  private static final int MOST_PIECES = 300;

  private static final List<FinMode> FIN_MODES =
      List.of(FinMode.AUTO, FinMode.AUTO, FinMode.HALF_CLOSE, FinMode.FULL_CLOSE);

  private final Kind kind;
  private final long seed;
  private final Random random;
  private final List<Step> steps = new ArrayList<>();
  private boolean byteWise;

  private ProgramGenerator(Kind kind, long seed) {
    this.kind = kind;
    this.seed = seed;
    this.random = new Random(seed * 0x9E37_79B9_7F4A_7C15L + kind.name().hashCode());
  }

  static Program generate(Kind kind, long seed) {
    return new ProgramGenerator(kind, seed).generate();
  }

  private boolean oneIn(int times) {
    return random.nextInt(times) == 0;
  }

  private Program generate() {
    byteWise = oneIn(10);
    LinkProfile link = link();
    EndSettings client = settings();
    EndSettings server = settings();
    long lengthMillis = 200L + random.nextInt(5_000);
    int streams = oneIn(8) ? 0 : 1 + random.nextInt(oneIn(8) ? 40 : 8);
    for (int number = 0; number < streams; number++) {
      stream(number, lengthMillis);
    }
    session(lengthMillis);
    steps.sort(Comparator.comparingLong(Step::atMillis));
    return new Program(
        kind, seed, link, oneIn(2) ? 0 : random.nextInt(30) * MILLI, client, server, steps);
  }

  private LinkProfile link() {
    int rateBits = random.nextInt(17, 27);
    return new LinkProfile(
        oneIn(3) ? 0 : random.nextInt(100) * MILLI,
        1L << rateBits,
        // At most a second of the rate, so that a PING is not held up for longer than peers wait.
        1 << random.nextInt(0, Math.min(rateBits, 18)),
        byteWise ? 1 + random.nextInt(3) : 1 << random.nextInt(8, 17));
  }

  private EndSettings settings() {
    boolean crate = oneIn(4);
    boolean small = oneIn(4);
    boolean quick = oneIn(2);
    return new EndSettings(
        FIN_MODES.get(random.nextInt(FIN_MODES.size())),
        crate || oneIn(3) ? WindowPolicy.CRATE : WindowPolicy.PATH,
        oneIn(4),
        !crate,
        small ? 1 << 20 : 64 << 20,
        small ? 1 + random.nextInt(3) : 1024,
        small ? 1 + random.nextInt(20) : 16_384,
        small ? 1 << random.nextInt(13, 18) : 256 << 10,
        small ? 1 << random.nextInt(17, 20) : 8 << 20,
        quick ? 10_000 + random.nextInt(50_000) : 1_800_000,
        quick ? 10_000 + random.nextInt(20_000) : 30_000);
  }

  // ---- streams

  private void stream(int number, long lengthMillis) {
    Side opener = side();
    long at = random.nextLong(lengthMillis);
    add(at, opener, Action.OPEN, number, 0, 0);
    direction(number, opener, at, lengthMillis);
    direction(number, opener.peer(), at, lengthMillis);
  }

  private void direction(int number, Side side, long from, long lengthMillis) {
    int writes = random.nextInt(4);
    for (int i = 0; i < writes; i++) {
      long bytes = size();
      long piece = Math.max(piece(), bytes / MOST_PIECES);
      add(later(from, lengthMillis), side, Action.WRITE, number, bytes, piece);
    }
    if (oneIn(4)) {
      long pause = later(from, lengthMillis);
      add(pause, side, Action.PAUSE, number, 0, 0);
      add(later(pause, lengthMillis), side, Action.RESUME, number, 0, 0);
    }
    switch (random.nextInt(12)) {
      case 0 -> add(later(from, lengthMillis), side, Action.CLOSE, number, 0, 0);
      case 1 -> add(later(from, lengthMillis), side, Action.RESET, number, 0, 0);
      case 2 -> add(later(from, lengthMillis), side, Action.FINISH_NOW, number, 0, 0);
      case 3, 4, 5, 6 -> add(later(from, lengthMillis), side, Action.FINISH, number, 0, 0);
      default -> {
        // The end comes with the end of the program.
      }
    }
    if (oneIn(6)) {
      add(later(from, lengthMillis), side, Action.CLOSE, number, 0, 0);
    }
  }

  /** Mostly small, now and then large, as real traffic is. */
  private long size() {
    if (byteWise) {
      return random.nextInt(3_000);
    }
    return switch (random.nextInt(200)) {
      case 0 -> random.nextInt(oneIn(4) ? 20_000_000 : 2_000_000);
      case 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 -> random.nextInt(300_000);
      case 11, 12, 13, 14, 15, 16, 17, 18, 19, 20 -> 0;
      case 21, 22, 23, 24, 25 -> aroundAnEdge();
      default -> random.nextInt(30_000);
    };
  }

  /** A frame more or less, a byte more or less; the tenth is the last of the initial window. */
  private long aroundAnEdge() {
    return Math.max(
        0, (long) random.nextInt(13) * WireFormat.DATA_BODY_BYTES - 1 + random.nextInt(3));
  }

  private long piece() {
    return oneIn(4) ? 1 + random.nextInt(300) : 1 + random.nextInt(100_000);
  }

  // ---- sessions

  private void session(long lengthMillis) {
    int settings = random.nextInt(3);
    for (int i = 0; i < settings; i++) {
      long at = random.nextLong(lengthMillis);
      switch (random.nextInt(4)) {
        case 0 -> add(at, side(), Action.PING, 0, 0, hop());
        case 1 -> add(at, side(), Action.DEBLOAT, 0, random.nextInt(2), hop());
        case 2 ->
            add(
                at,
                side(),
                Action.LIVENESS,
                0,
                5_000 + random.nextInt(100_000),
                10_000 + random.nextInt(30_000));
        default -> {
          Side side = side();
          add(at, side, Action.STOP_ACCEPTING, 0, 0, 0);
          add(later(at, lengthMillis), side, Action.ACCEPT, 0, 0, 0);
        }
      }
    }
    if (oneIn(8)) {
      add(random.nextLong(lengthMillis), side(), Action.STALL, 0, random.nextInt(8_000), hop());
    }
    if (oneIn(12)) {
      add(random.nextLong(lengthMillis), side(), Action.JUMP, 0, random.nextInt(600_000), 0);
    }
    if (oneIn(4)) {
      fault(random.nextLong(lengthMillis));
    }
  }

  private void fault(long at) {
    switch (random.nextInt(7)) {
      case 0 -> add(at, side(), Action.CUT, 0, 0, hop());
      case 1 -> add(at, side(), Action.TRUNCATE, 0, 0, hop());
      case 2 -> add(at, side(), Action.SILENCE, 0, 0, hop());
      case 3 ->
          add(at, side(), Action.SUSPEND, 0, random.nextInt(oneIn(2) ? 300_000 : 8_000), hop());
      case 4 -> add(at, side(), Action.ABORT_SESSION, 0, 0, hop());
      case 5 -> add(at, side(), Action.CLOSE_SESSION, 0, 0, hop());
      default -> add(at, side(), Action.DRAIN_SESSION, 0, random.nextInt(60_000), hop());
    }
  }

  // ---- helpers

  /** Which session of the world a step means. */
  private int hop() {
    return kind.hops() == 1 ? 0 : random.nextInt(kind.hops());
  }

  private Side side() {
    return random.nextBoolean() ? Side.CLIENT : Side.SERVER;
  }

  private long later(long from, long lengthMillis) {
    return from + random.nextLong(lengthMillis);
  }

  private void add(long at, Side side, Action action, int stream, long amount, long detail) {
    steps.add(new Step(at, side, action, stream, amount, detail));
  }
}
