package io.picomux.core;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.assignableTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.name;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import java.lang.invoke.VarHandle;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.Timer;
import java.util.TimerTask;
import java.util.UUID;
import java.util.random.RandomGenerator;

/**
 * Holds the core to pure code: the same calls in the same order give the same result, so that
 * simulation, fuzzing and replay can stand on it.
 */
@AnalyzeClasses(packages = "io.picomux.core", importOptions = DoNotIncludeTests.class)
final class CoreArchitectureTest {

  @ArchTest
  static final ArchRule knowsOnlyTheJavaPlatformAndItself =
      classes()
          .should()
          .onlyDependOnClassesThat(
              resideInAnyPackage("java..", "io.picomux.core..", "org.jspecify.annotations")
                  .or(resideInAnyPackage("com.google.errorprone.annotations.."))
                  .or(describe("primitive types and arrays", CoreArchitectureTest::isPrimitive)));

  @ArchTest
  static final ArchRule doesNoNetworkIo =
      noClasses()
          .should()
          .dependOnClassesThat(resideInAnyPackage("java.net..", "java.nio.channels.."));

  /** Exceptions and markers of {@code java.io} move no bytes. */
  @ArchTest
  static final ArchRule doesNoFileOrStreamIo =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("java.io..", "java.nio.file..")
                  .and(not(assignableTo(Exception.class)))
                  .and(not(belongToAnyOf(java.io.Serializable.class, java.io.Serial.class))));

  @ArchTest
  static final ArchRule startsNoThreadsOrProcesses =
      noClasses()
          .should()
          .dependOnClassesThat(
              assignableTo(Thread.class)
                  .or(belongToAnyOf(ThreadGroup.class, ThreadLocal.class, Timer.class))
                  .or(belongToAnyOf(TimerTask.class, Runtime.class))
                  .or(belongToAnyOf(Process.class, ProcessBuilder.class, ProcessHandle.class)));

  @ArchTest
  static final ArchRule knowsNoConcurrency =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("java.util.concurrent..").or(belongToAnyOf(VarHandle.class)));

  @ArchTest
  static final ArchRule hasNoSynchronizedMethods =
      noMethods().should().haveModifier(JavaModifier.SYNCHRONIZED);

  @ArchTest
  static final ArchRule waitsForNobody =
      noClasses()
          .should()
          .accessTargetWhere(
              target(owner(assignableTo(Object.class)))
                  .and(target(name("wait").or(name("notify")).or(name("notifyAll")))));

  @ArchTest
  static final ArchRule readsNoClock =
      noClasses()
          .should()
          .dependOnClassesThat(
              assignableTo(Clock.class)
                  .or(belongToAnyOf(java.time.InstantSource.class, java.util.Calendar.class))
                  .or(belongToAnyOf(java.util.Date.class)))
          .orShould()
          .accessTargetWhere(
              target(owner(resideInAnyPackage("java.time.."))).and(target(name("now"))));

  @ArchTest
  static final ArchRule drawsNoRandomNumbers =
      noClasses()
          .should()
          .dependOnClassesThat(
              assignableTo(Random.class)
                  .or(assignableTo(RandomGenerator.class))
                  .or(belongToAnyOf(SplittableRandom.class, SecureRandom.class, UUID.class))
                  .or(resideInAnyPackage("java.util.random..")))
          .orShould()
          .callMethod(Math.class, "random")
          .orShould()
          .callMethod(StrictMath.class, "random")
          .orShould()
          .callMethod(java.util.Collections.class, "shuffle", java.util.List.class);

  @ArchTest
  static final ArchRule writesNoLog =
      noClasses()
          .should()
          .dependOnClassesThat(
              resideInAnyPackage("java.util.logging..")
                  .or(belongToAnyOf(System.Logger.class, System.LoggerFinder.class)));

  /** Clocks, properties, environment, console and identity hashes all live in {@link System}. */
  @ArchTest
  static final ArchRule takesOnlyArraycopyFromSystem =
      noClasses()
          .should()
          .accessTargetWhere(
              target(owner(belongToAnyOf(System.class))).and(target(not(name("arraycopy")))));

  private static boolean isPrimitive(JavaClass type) {
    return type.getBaseComponentType().isPrimitive();
  }
}
