package io.picomux.reliability.models;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Every run of every model finds no error, and every mutant is caught. */
class ModelsTest {
  private static final Path WORK = Path.of("target", "models");

  @BeforeAll
  static void findPrograms() {
    List<String> missing = ModelChecker.missingPrograms();
    if (!missing.isEmpty()) {
      String message = missing + " missing; scripts/setup-test-tools installs what is";
      Object unused = "true".equals(System.getenv("CI")) ? fail(message) : abort(message);
    }
  }

  @TestFactory
  Stream<DynamicTest> runsFindNoError() throws IOException {
    return Model.readAll(Path.of("promela")).stream()
        .flatMap(model ->
            model.runs().stream()
                .map(run ->
                    DynamicTest.dynamicTest(
                        model.name() + ": " + run.name(),
                        () -> {
                          Verdict verdict = checker(model, run.name()).check(model.text(), run);
                          assertThat(verdict.finding()).isEmpty();
                          assertThat(verdict.complete()).as("search is complete").isTrue();
                        })));
  }

  @TestFactory
  Stream<DynamicTest> mutantsAreCaught() throws IOException {
    return Model.readAll(Path.of("promela")).stream()
        .flatMap(model ->
            model.mutants().stream()
                .map(mutant ->
                    DynamicTest.dynamicTest(
                        model.name() + ": " + mutant.name(),
                        () -> {
                          Verdict verdict =
                              checker(model, mutant.name()).check(mutant.text(), mutant.run());
                          assertThat(verdict.foundError()).as("error is found").isTrue();
                        })));
  }

  @TestFactory
  Stream<DynamicTest> everyModelHasMutants() throws IOException {
    return Model.readAll(Path.of("promela")).stream()
        .map(model ->
            DynamicTest.dynamicTest(model.name(), () -> assertThat(model.mutants()).isNotEmpty()));
  }

  private static ModelChecker checker(Model model, String name) {
    return new ModelChecker(WORK.resolve(model.name()).resolve(name));
  }
}
