package io.picomux.benchmarks.harness;

import com.google.errorprone.annotations.Immutable;
import java.util.Arrays;
import java.util.List;

/** A scenario as the command line of peers has it, with its sizes and its figures. */
enum ScenarioKind {
  /** Bulk from client to server. */
  UP("up", new Width("--streams", 1), new Amount("--bytes", 2_000_000_000L, 400_000_000L, 8)),
  /** Bulk from server to client. */
  DOWN("down", new Width("--streams", 1), new Amount("--bytes", 2_000_000_000L, 400_000_000L, 8)),
  /** Bulk from client to server while it goes on, all peers by turns. */
  STEADY_UP("steady-up", new Width("--streams", 1), Amount.ENDLESS),
  /** Bulk from server to client likewise. */
  STEADY_DOWN("steady-down", new Width("--streams", 1), Amount.ENDLESS),
  /** Round trips on one stream. */
  PINGPONG("pingpong", Width.ALWAYS_ONE, new Amount("--count", 50_000, 8_000, 1)),
  /** Round trips on many streams at once. */
  RR("rr", new Width("--streams", 60), new Amount("--count", 600_000, 60_000, 2)),
  /** Round trips on one stream beside bulk streams. */
  LOADED("loaded", new Width("--streams", 4), new Amount("--count", 5_000, 500, 4)),
  /** The same beside bulk streams from the server. */
  LOADED_DOWN("loaded-down", new Width("--streams", 4), new Amount("--count", 5_000, 500, 4)),
  /** Streams opened, used for a byte and closed. */
  OPEN("open", new Width("--concurrency", 8), new Amount("--count", 200_000, 20_000, 2)),
  /** Small writes from client to server. */
  SMALL("small", new Width("--streams", 1), new Amount("--bytes", 600_000_000L, 80_000_000L, 2)),
  /** Memory of silent streams. */
  IDLE("idle", new Width("--streams", 10_000), Amount.NONE),
  /** Memory of sessions without streams. */
  SESSIONS("sessions", new Width("--sessions", 1_000), Amount.NONE);

  private final String word;
  private final Width width;
  private final Amount amount;

  ScenarioKind(String word, Width width, Amount amount) {
    this.word = word;
    this.width = width;
    this.amount = amount;
  }

  /**
   * Returns the scenario with a word.
   *
   * @throws IllegalArgumentException when there is none; the message lists those there are
   */
  static ScenarioKind of(String word) {
    return Arrays.stream(values())
        .filter(kind -> kind.word.equals(word))
        .findFirst()
        .orElseThrow(() ->
            new IllegalArgumentException(
                "scenario is '"
                    + word
                    + "', must be one of "
                    + Arrays.stream(values()).map(ScenarioKind::word).toList()));
  }

  static boolean isWord(String text) {
    return Arrays.stream(values()).anyMatch(kind -> kind.word.equals(text));
  }

  /** Returns the word on the command line of the harness, and in labels. */
  String word() {
    return word;
  }

  /** Returns the word on the command line of peers. */
  String peerWord() {
    return switch (this) {
      case STEADY_UP -> UP.word;
      case STEADY_DOWN -> DOWN.word;
      case UP, DOWN, PINGPONG, RR, LOADED, LOADED_DOWN, OPEN, SMALL, IDLE, SESSIONS -> word;
    };
  }

  Width width() {
    return width;
  }

  Amount amount() {
    return amount;
  }

  /** Returns what is shown of it; a measurement has more fields. */
  List<Figure> figures() {
    return switch (this) {
      case UP, DOWN ->
          List.of(
              Figure.higher("MBps"),
              Figure.lower("cpu_s_per_GB"),
              Figure.lower("alloc_bytes_per_byte"));
      case STEADY_UP, STEADY_DOWN -> List.of(Figure.higher("MBps"), Figure.lower("cpu_s_per_GB"));
      case SMALL ->
          List.of(
              Figure.higher("writes_per_s"),
              Figure.lower("cpu_s_per_GB"),
              Figure.higher("bytes_per_frame"));
      case PINGPONG, RR ->
          List.of(Figure.lower("p50_us"), Figure.lower("p99_us"), Figure.higher("rps"));
      case LOADED, LOADED_DOWN ->
          List.of(Figure.lower("p50_us"), Figure.lower("p99_us"), Figure.higher("MBps"));
      case OPEN -> List.of(Figure.higher("opens_per_s"));
      case IDLE ->
          List.of(
              Figure.lower("client_rss_kb_per_stream"), Figure.lower("server_rss_kb_per_stream"));
      case SESSIONS ->
          List.of(
              Figure.lower("heap_bytes_per_session"),
              Figure.lower("threads_per_session"),
              Figure.lower("client_rss_kb_per_session"),
              Figure.lower("server_rss_kb_per_session"));
    };
  }

  /** Returns what is shown of it over a long link. */
  List<Figure> figuresOverLink() {
    return switch (this) {
      case UP, DOWN ->
          List.of(
              Figure.higher("MBps"),
              Figure.higher("MBps_after_2s"),
              Figure.higher("link_MBps_after_2s"),
              Figure.higher("percent_of_rate"));
      case LOADED ->
          List.of(
              Figure.lower("p50_us"),
              Figure.lower("p99_us"),
              Figure.higher("MBps"),
              Figure.higher("received_MBps"));
      case STEADY_UP, STEADY_DOWN, PINGPONG, RR, LOADED_DOWN, OPEN, SMALL, IDLE, SESSIONS ->
          figures();
    };
  }

  /** Returns whether its bytes, where it has many, go from server to client. */
  boolean isDownwards() {
    return this == DOWN || this == LOADED_DOWN || this == STEADY_DOWN;
  }

  /** Returns whether it goes on for ever and peers run by turns meanwhile, on loopback only. */
  boolean isSteady() {
    return this == STEADY_UP || this == STEADY_DOWN;
  }

  /** Returns whether what is open is looked at, not what is done: its memory. */
  boolean isMemory() {
    return this == IDLE || this == SESSIONS;
  }

  /** Returns what there are many of: {@code stream} or {@code session}. */
  String unit() {
    return this == SESSIONS ? "session" : "stream";
  }

  /** Returns whether it moves a number of bytes and ends. */
  boolean isBulk() {
    return this == UP || this == DOWN;
  }

  /**
   * How many streams or workers there are.
   *
   * @param option the option of a peer that says so; empty when there is always one
   * @param usual how many there are unless something else is asked for
   */
  @Immutable
  record Width(String option, int usual) {
    static final Width ALWAYS_ONE = new Width("", 1);

    boolean isFixed() {
      return option.isEmpty();
    }
  }

  /**
   * How much they do together.
   *
   * @param option the option of a peer that says so; empty when the width says it all
   * @param usual how much it is unless something else is asked for: a few seconds of work
   * @param inShort how much it is in a run that is to show soon whether something has changed
   * @param warmupTimes how often it is done before the clock starts, so that JVMs have compiled
   *     most of what is measured: for some seconds at the usual amounts
   */
  @Immutable
  record Amount(String option, long usual, long inShort, int warmupTimes) {
    static final Amount NONE = new Amount("", 0, 0, 1);

    /**
     * More bytes than a peer moves before it is ended, at 10 GB/s in a day, and less than a long
     * holds.
     */
    private static final long ENDLESS_BYTES = 1_000_000_000_000_000L;

    static final Amount ENDLESS = new Amount("--bytes", ENDLESS_BYTES, ENDLESS_BYTES, 0);

    boolean isNone() {
      return option.isEmpty();
    }

    boolean isEndless() {
      return usual == ENDLESS_BYTES;
    }
  }
}
