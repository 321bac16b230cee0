package io.picomux.reliability.faults;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;

/** A clock that is set back or forth harms no timeout, because nothing asks for the time of day. */
@AnalyzeClasses(packages = "io.picomux", importOptions = ImportOption.DoNotIncludeTests.class)
class WallClockTest {
  @ArchTest
  static final ArchRule nothingThatIsPublishedAsksForTheTimeOfDay =
      noClasses()
          .that()
          .resideOutsideOfPackages("io.picomux.reliability..")
          .should()
          .callMethod(System.class, "currentTimeMillis")
          .orShould()
          .callMethod(Instant.class, "now")
          .orShould()
          .callConstructor(Date.class)
          .orShould()
          .dependOnClassesThat()
          .areAssignableTo(Clock.class);
}
