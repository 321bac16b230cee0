package io.picomux.simulation;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The oracle excuses nothing more than it must. */
@Timeout(60)
class OracleTest {
  @BeforeAll
  static void silenceTheLibrary() {
    LibraryLog.silence();
  }

  @ParameterizedTest
  @EnumSource
  void oneRuleCatches(Defect defect) {
    for (Kind kind : defect.kinds()) {
      assertThatThrownBy(() -> defect.run(kind))
          .as("%s of kind %s", defect, kind)
          .isInstanceOf(Finding.class)
          .hasMessageMatching("(?s).*" + defect.message() + ".*");
    }
  }

  @ParameterizedTest
  @EnumSource
  void theSameProgramsAreWithoutAFindingOtherwise(Defect defect) {
    for (Kind kind : defect.kinds()) {
      ProgramRun.run(defect.program(kind));
    }
  }
}
