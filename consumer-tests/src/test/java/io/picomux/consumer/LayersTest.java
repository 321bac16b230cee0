package io.picomux.consumer;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.JavaType;
import com.tngtech.archunit.core.domain.properties.HasModifiers;
import com.tngtech.archunit.core.importer.ImportOption.DoNotIncludeTests;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import java.lang.module.ModuleDescriptor;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Holds the layers: knowledge flows from core to library, from there to testkit and tunnel, and
 * from the tunnel to the command. The core's own rules stand in its module.
 */
@AnalyzeClasses(packages = "io.picomux", importOptions = DoNotIncludeTests.class)
final class LayersTest {

  private static final DescribedPredicate<JavaClass> CORE = resideInAPackage("io.picomux.core..");
  private static final DescribedPredicate<JavaClass> TESTKIT =
      resideInAPackage("io.picomux.testkit..");
  private static final DescribedPredicate<JavaClass> TUNNEL =
      resideInAPackage("io.picomux.tunnel..");
  private static final DescribedPredicate<JavaClass> CLI = resideInAPackage("io.picomux.cli..");
  private static final DescribedPredicate<JavaClass> LIBRARY =
      resideInAPackage("io.picomux..")
          .and(not(CORE.or(TESTKIT).or(TUNNEL).or(CLI)))
          .as("the library");

  private static final DescribedPredicate<JavaClass> PLATFORM =
      resideInAnyPackage(
              "java..",
              "javax.net..",
              "com.sun.net.httpserver..",
              "org.jspecify.annotations..",
              "com.google.errorprone.annotations..")
          .or(describe("primitive", type -> type.getBaseComponentType().isPrimitive()))
          .as("the Java platform");

  @ArchTest
  static final ArchRule libraryKnowsOnlyTheCore =
      classes()
          .that(LIBRARY)
          .should()
          .onlyDependOnClassesThat(PLATFORM.or(CORE).or(LIBRARY).as("the platform or the core"));

  @ArchTest
  static final ArchRule testkitKnowsOnlyLibraryAndCore =
      classes()
          .that(TESTKIT)
          .should()
          .onlyDependOnClassesThat(
              PLATFORM.or(CORE).or(LIBRARY).or(TESTKIT).as("the platform, library or core"));

  @ArchTest
  static void tunnelKnowsOnlyTheLibrary(JavaClasses all) {
    classes()
        .that(TUNNEL)
        .should()
        .onlyDependOnClassesThat(
            PLATFORM
                .or(LIBRARY)
                .or(TUNNEL)
                .or(resideInAPackage("io.netty.."))
                .or(coreTypesOfTheLibraryApi(all))
                .as("the platform, the library with its API, or the SOCKS codec"))
        .check(all);
  }

  @ArchTest
  static void commandKnowsOnlyTunnelLibraryAndPicocli(JavaClasses all) {
    classes()
        .that(CLI)
        .should()
        .onlyDependOnClassesThat(
            PLATFORM
                .or(LIBRARY)
                .or(TUNNEL)
                .or(CLI)
                .or(resideInAPackage("picocli.."))
                .or(coreTypesOfTheLibraryApi(all))
                .as("the platform, the tunnel, the library with its API, or picocli"))
        .check(all);
  }

  @ArchTest
  static final ArchRule packagesHaveNoCycles =
      slices().assignedFrom(new EachPackage()).should().beFreeOfCycles();

  /** What javac's lint "exports" is for; that one also asks users for the annotations' jar. */
  @ArchTest
  static void exportedTypesShowNoOthers(JavaClasses all) {
    Set<String> exported =
        Stream.of("io.picomux.core", "io.picomux", "io.picomux.testkit", "io.picomux.tunnel")
            .flatMap(module -> Artifacts.module(module).descriptor().exports().stream())
            .map(ModuleDescriptor.Exports::source)
            .collect(toSet());
    Predicate<JavaClass> isExported =
        type -> exported.contains(type.getPackageName()) && isPublicAllTheWay(type);
    Stream<String> leaks =
        all.stream()
            .filter(isExported)
            .flatMap(type ->
                typesInPublicMembersOf(type)
                    .filter(resideInAPackage("io.picomux.."))
                    .filter(isExported.negate())
                    .map(shown -> type.getName() + " shows " + shown.getName()));
    assertThat(leaks.distinct()).isEmpty();
  }

  /** The core's types that the library's public signatures show, and what those show in turn. */
  private static DescribedPredicate<JavaClass> coreTypesOfTheLibraryApi(JavaClasses all) {
    Set<JavaClass> shown = new HashSet<>();
    Deque<JavaClass> unread = new ArrayDeque<>();
    all.stream().filter(LIBRARY).filter(LayersTest::isPublic).forEach(unread::push);
    while (!unread.isEmpty()) {
      JavaClass type = unread.pop();
      Stream<JavaClass> nested =
          all.stream().filter(other -> other.getEnclosingClass().equals(Optional.of(type)));
      Stream.concat(typesInSignaturesOf(type), nested.filter(LayersTest::isPublic))
          .filter(CORE)
          .filter(shown::add)
          .forEach(unread::push);
    }
    return describe("core types of the library's API", shown::contains);
  }

  private static Stream<JavaClass> typesInSignaturesOf(JavaClass type) {
    return Stream.concat(
        typesIn(Stream.concat(type.getSuperclass().stream(), type.getInterfaces().stream())),
        typesInPublicMembersOf(type));
  }

  private static Stream<JavaClass> typesInPublicMembersOf(JavaClass type) {
    Stream<JavaType> fields =
        type.getFields().stream().filter(LayersTest::isPublic).map(JavaField::getType);
    Stream<JavaType> codeUnits =
        type.getCodeUnits().stream()
            .filter(LayersTest::isPublic)
            .flatMap(unit ->
                Stream.of(
                        List.of(unit.getReturnType()),
                        unit.getParameterTypes(),
                        unit.getExceptionTypes())
                    .flatMap(Collection::stream));
    return typesIn(Stream.concat(fields, codeUnits));
  }

  private static Stream<JavaClass> typesIn(Stream<? extends JavaType> types) {
    return types
        .flatMap(type -> type.getAllInvolvedRawTypes().stream())
        .map(JavaClass::getBaseComponentType);
  }

  private static boolean isPublicAllTheWay(JavaClass type) {
    return isPublic(type)
        && type.getEnclosingClass().map(LayersTest::isPublicAllTheWay).orElse(true);
  }

  private static boolean isPublic(HasModifiers item) {
    Set<JavaModifier> modifiers = item.getModifiers();
    return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
  }

  /** Every package is a slice of its own. */
  private static final class EachPackage implements SliceAssignment {
    @Override
    public SliceIdentifier getIdentifierOf(JavaClass type) {
      return SliceIdentifier.of(type.getPackageName());
    }

    @Override
    public String getDescription() {
      return "packages";
    }
  }
}
