package io.picomux.simulation;

import java.util.EnumSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What an end might get wrong in a program in which much else is excused: each is caught by one
 * rule of the oracle alone.
 */
enum Defect {
  /** Who resets knows that bytes are missing; who reads must know as well. */
  A_RESET_THAT_LOOKS_LIKE_AN_END(
      Mutant.FORGETS_THE_NOTICE_OF_A_RESET,
      "a clean end of .* though both sessions tell of resets",
      """
      0 ms: client OPEN stream=0 amount=0 detail=0
      500 ms: server PAUSE stream=0 amount=0 detail=0
      500 ms: client WRITE stream=0 amount=2000000 detail=65536
      1000 ms: client RESET stream=0 amount=0 detail=0
      """),
  /** The session counts what one stream could not deliver; another has lost more. */
  A_LOSS_BESIDE_ONE_THAT_IS_TOLD(
      Mutant.FORGETS_A_SHORT_FRAME,
      "bytes of streams that the CLIENT had closed are missing",
      """
      0 ms: client OPEN stream=0 amount=0 detail=0
      0 ms: client OPEN stream=1 amount=0 detail=0
      500 ms: server PAUSE stream=0 amount=0 detail=0
      500 ms: client WRITE stream=0 amount=200000 detail=65536
      1000 ms: client CLOSE stream=0 amount=0 detail=0
      2000 ms: client WRITE stream=1 amount=20000 detail=65536
      2000 ms: client CLOSE stream=1 amount=0 detail=0
      60000 ms: server RESUME stream=0 amount=0 detail=0
      """),
  /** A process that stands still may be given up, but not before its time. */
  A_TIMEOUT_THAT_IS_TOO_SHORT(
      null,
      "gave up after \\d+ ms of silence, but bears 30000 ms",
      """
      0 ms: client OPEN stream=0 amount=0 detail=0
      1000 ms: server SUSPEND stream=0 amount=20000 detail=0
      1100 ms: client PING stream=0 amount=0 detail=0
      """) {
    @Override
    Program played(Program program) {
      return program.withSettings(
          program.client().withTimeoutMillis(10_000), program.server().withTimeoutMillis(10_000));
    }
  },
  /** A short outage is no reason for a long silence. */
  A_SILENCE_AFTER_AN_OUTAGE(
      Mutant.ANSWERS_ONE_PING_ONLY,
      "of silence, but only \\d+ ms of that were for a reason",
      """
      0 ms: client OPEN stream=0 amount=0 detail=0
      1000 ms: client STALL stream=0 amount=2000 detail=0
      5000 ms: server PING stream=0 amount=0 detail=0
      """),
  /** Credit must be the same at both ends of one direction, whatever has become of the other. */
  LOST_CREDIT_OF_A_STREAM_THAT_IS_HALF_CLOSED(
      Mutant.LOSES_CREDIT_BEHIND_ITS_FIN,
      "at rest .* may send \\d+ frames, but its peer has granted \\d+",
      """
      0 ms: client OPEN stream=0 amount=0 detail=0
      500 ms: client FINISH_NOW stream=0 amount=0 detail=0
      1000 ms: server WRITE stream=0 amount=300000 detail=65536
      """),
  /** What a session takes for its budget does not count, but what it was set to. */
  A_BUDGET_THAT_IS_TOO_LARGE(
      null,
      "holds \\d+ unread bytes with a cap of",
      """
      0 ms: client OPEN stream=0 amount=0 detail=0
      500 ms: client WRITE stream=0 amount=100 detail=65536
      1000 ms: server PAUSE stream=0 amount=0 detail=0
      1000 ms: client WRITE stream=0 amount=4000000 detail=65536
      30000 ms: server RESUME stream=0 amount=0 detail=0
      """) {
    @Override
    Program played(Program program) {
      return program.withSettings(
          program.client(), program.server().withReceiveBudgetBytes(64L << 20));
    }
  };

  private static final String LINK =
      "seed=1 latency=5000000 rate=12500000 buffer=65536 slice=16384 callbacks=0\n";

  private final @Nullable Mutant mutant;
  private final String message;
  private final String steps;

  Defect(@Nullable Mutant mutant, String message, String steps) {
    this.mutant = mutant;
    this.message = message;
    this.steps = steps;
  }

  /** Returns what runs can show it. */
  Set<Kind> kinds() {
    // A relay takes the bytes of a stream whose reader has stopped, so that none is left behind.
    return this == A_LOSS_BESIDE_ONE_THAT_IS_TOLD
        ? EnumSet.complementOf(EnumSet.of(Kind.RELAY))
        : EnumSet.allOf(Kind.class);
  }

  /** Returns the message of the one rule. */
  String message() {
    return message;
  }

  private String settings() {
    boolean offer = this != A_LOSS_BESIDE_ONE_THAT_IS_TOLD;
    boolean small = this == A_BUDGET_THAT_IS_TOO_LARGE;
    return "fin=%s window=%s debloat=false offer=%s budget=%d accept=1024 inbound=16384 queue=262144 all=8388608 ping=1800000 timeout=30000"
        .formatted(
            offer ? "AUTO" : "HALF_CLOSE",
            small ? "CRATE" : "PATH",
            offer,
            small ? 1 << 20 : 64 << 20);
  }

  Program program(Kind kind) {
    return Program.parse(
        "kind="
            + kind
            + " "
            + LINK
            + "client "
            + settings()
            + "\nserver "
            + settings()
            + "\n"
            + steps);
  }

  /** Returns what happens instead of the program. */
  Program played(Program program) {
    return program;
  }

  /** Runs the program, with the defect. */
  void run(Kind kind) {
    Program program = program(kind);
    new ProgramRun(
            program,
            played(program),
            world -> {
              if (mutant != null) {
                mutant.infect(world);
              }
            })
        .run();
  }
}
