package io.picomux.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Random programs of all kinds. */
@Timeout(600)
class ProgramsTest {
  /** The first seed; -Dpicomux.seed names another. */
  private static final long FIRST_SEED = Long.getLong("picomux.seed", 1);

  private static final int SEEDS_PER_KIND = 500;

  @BeforeAll
  static void silenceTheLibrary() {
    LibraryLog.silence();
  }

  @ParameterizedTest
  @EnumSource
  void everyByteArrivesOnceAndInOrderOrTheStreamFails(Kind kind) {
    System.out.println("ProgramsTest " + kind + ": repeat with -Dpicomux.seed=" + FIRST_SEED);
    long virtualNanos =
        LongStream.range(FIRST_SEED, FIRST_SEED + SEEDS_PER_KIND)
            .parallel()
            .map(seed -> Campaign.run(kind, seed).virtualNanos())
            .sum();
    System.out.println(
        "ProgramsTest " + kind + ": " + virtualNanos / 3_600_000_000_000L + " simulated hours");
  }

  @ParameterizedTest
  @EnumSource
  void aSeedRepeatsARunExactly(Kind kind) {
    for (long seed = FIRST_SEED; seed < FIRST_SEED + 30; seed++) {
      Program program = ProgramGenerator.generate(kind, seed);
      assertThat(program).isEqualTo(ProgramGenerator.generate(kind, seed));
      assertThat(ProgramRun.run(program)).as("seed %d", seed).isEqualTo(ProgramRun.run(program));
    }
    assertThat(ProgramRun.run(ProgramGenerator.generate(kind, 1)).digest())
        .isNotEqualTo(ProgramRun.run(ProgramGenerator.generate(kind, 2)).digest());
  }

  @Test
  void aProgramIsItsText() {
    for (long seed = 1; seed <= 200; seed++) {
      Program program = ProgramGenerator.generate(Kind.ENGINE, seed);
      assertThat(Program.parse(program.toString())).isEqualTo(program);
    }
  }

  /** Found by seed 190: the PONG was on its way when the machine fell asleep. */
  @Test
  void aSleepDuringAPingEndsNothing() {
    ProgramRun.run(
        Program.parse(
            """
            kind=ENGINE seed=190 latency=50000000 rate=1048576 buffer=131072 slice=65536 callbacks=0
            client fin=AUTO window=PATH debloat=false offer=true budget=67108864 accept=1024 inbound=16384 queue=262144 all=8388608 ping=1800000 timeout=30000
            server fin=AUTO window=PATH debloat=false offer=true budget=67108864 accept=1024 inbound=16384 queue=262144 all=8388608 ping=1800000 timeout=30000
            314 ms: client OPEN stream=0 amount=0 detail=0
            327 ms: client JUMP stream=0 amount=29937 detail=0
            """));
  }

  /**
   * Found by seed 1795710605953: bytes behind a jump overtook those that waited for the process.
   */
  @Test
  void aProcessThatGoesOnReadsInOrder() {
    ProgramRun.run(
        Program.parse(
            """
            kind=NESTED seed=1795710605953 latency=34000000 rate=131072 buffer=256 slice=256 callbacks=0
            client fin=AUTO window=PATH debloat=false offer=true budget=67108864 accept=1024 inbound=16384 queue=262144 all=8388608 ping=1800000 timeout=30000
            server fin=AUTO window=PATH debloat=false offer=true budget=67108864 accept=1024 inbound=16384 queue=262144 all=8388608 ping=1800000 timeout=30000
            0 ms: server OPEN stream=1 amount=0 detail=0
            0 ms: client CLOSE stream=1 amount=0 detail=0
            225 ms: server WRITE stream=1 amount=24060 detail=32969
            327 ms: client SUSPEND stream=0 amount=117 detail=0
            443 ms: server JUMP stream=0 amount=1 detail=0
            """));
  }

  /** Found by seed 1795710606641: the last step came after the program was taken for finished. */
  @Test
  void aStepThatAJumpOvertakesBelongsToTheProgram() {
    ProgramRun.run(
        Program.parse(
            """
            kind=ENGINE seed=1795710606641 latency=5000000 rate=12500000 buffer=65536 slice=16384 callbacks=0
            client fin=AUTO window=PATH debloat=false offer=true budget=67108864 accept=1024 inbound=16384 queue=262144 all=8388608 ping=1800000 timeout=30000
            server fin=AUTO window=PATH debloat=false offer=true budget=67108864 accept=1024 inbound=16384 queue=262144 all=8388608 ping=1800000 timeout=30000
            0 ms: server OPEN stream=5 amount=0 detail=0
            1850 ms: client JUMP stream=0 amount=2 detail=0
            1850 ms: server PAUSE stream=5 amount=0 detail=0
            """));
  }

  /** Found by seed 1795710604312: what was dropped before the end of the output was not counted. */
  @Test
  void whatIsDroppedBeforeTheEndOfTheOutputIsCounted() {
    ProgramRun.run(
        Program.parse(
            """
            kind=RELAY seed=1795710604312 latency=55000000 rate=131072 buffer=128 slice=512 callbacks=0
            client fin=FULL_CLOSE window=CRATE debloat=false offer=true budget=67108864 accept=1024 inbound=16384 queue=262144 all=8388608 ping=1800000 timeout=30000
            server fin=AUTO window=PATH debloat=false offer=true budget=67108864 accept=1024 inbound=16384 queue=262144 all=8388608 ping=1800000 timeout=30000
            137 ms: client OPEN stream=6 amount=0 detail=0
            137 ms: server FINISH stream=6 amount=0 detail=0
            224 ms: client WRITE stream=6 amount=1490 detail=143
            325 ms: client FINISH_NOW stream=6 amount=0 detail=0
            """));
  }
}
