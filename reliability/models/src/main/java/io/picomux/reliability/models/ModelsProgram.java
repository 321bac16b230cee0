package io.picomux.reliability.models;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/** Checks the models and their mutants and prints what came out; {@code scripts/models} runs it. */
public final class ModelsProgram {
  private static final int FAILED = 1;
  private static final int WRONG_ARGUMENTS = 2;

  private final Path work;
  private int failures;

  private ModelsProgram(Path work) {
    this.work = work;
  }

  /**
   * Starts the program.
   *
   * @param arguments the folder of the models, a folder to work in, and names of models; without
   *     one all are checked
   */
  public static void main(String... arguments) throws IOException, InterruptedException {
    List<Model> models = Model.readAll(Path.of(arguments[0]));
    List<String> names = List.of(arguments).subList(2, arguments.length);
    for (String name : names) {
      if (models.stream().noneMatch(model -> model.name().equals(name))) {
        System.err.println(
            "models: no model is named "
                + name
                + "; there are: "
                + String.join(", ", models.stream().map(Model::name).toList()));
        System.exit(WRONG_ARGUMENTS);
      }
    }
    ModelsProgram program = new ModelsProgram(Path.of(arguments[1]));
    row("model", "run or mutant", "states", "s", "verdict");
    for (Model model : models) {
      if (names.isEmpty() || names.contains(model.name())) {
        program.check(model);
      }
    }
    System.out.printf(
        "%n%s%n",
        program.failures == 0
            ? "No run found an error, every mutant was caught."
            : "Not as it should be: " + program.failures + "; see " + program.work);
    System.exit(program.failures == 0 ? 0 : FAILED);
  }

  private void check(Model model) throws IOException, InterruptedException {
    for (Model.Run run : model.runs()) {
      Verdict verdict = checker(model, run.name()).check(model.text(), run);
      boolean good = !verdict.foundError() && verdict.complete();
      String words = verdict.foundError() ? verdict.finding() : "search not complete";
      row(model, run.name(), verdict, good ? "no error" : "FAILED: " + words, good);
    }
    for (Model.Mutant mutant : model.mutants()) {
      Verdict verdict = checker(model, mutant.name()).check(mutant.text(), mutant.run());
      boolean good = verdict.foundError();
      String words = good ? "caught: " + verdict.finding() : "FAILED: not caught";
      row(model, "- " + mutant.name(), verdict, words, good);
    }
  }

  private ModelChecker checker(Model model, String name) {
    return new ModelChecker(work.resolve(model.name()).resolve(name));
  }

  private void row(Model model, String name, Verdict verdict, String words, boolean good) {
    if (!good) {
      failures++;
    }
    row(
        model.name(),
        name,
        String.format(Locale.ROOT, "%,d", verdict.states()),
        String.format(Locale.ROOT, "%.1f", verdict.seconds()),
        words);
  }

  private static void row(String model, String name, String states, String seconds, String words) {
    System.out.printf("%-9s %-38s %11s %6s  %s%n", model, name, states, seconds, words);
  }
}
