package io.picomux.consumer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Compiles and runs examples as the user does who has added the library to the class path. */
final class ExampleRun {

  private ExampleRun() {}

  /**
   * Compiles and runs one example below {@code folder}.
   *
   * @throws UserProgram.DoesNotCompileException if the compiler refuses it or warns of it
   */
  static UserProgram.Result of(MarkdownExample example, Path folder)
      throws IOException, InterruptedException {
    Path sources = Files.createDirectories(folder.resolve("sources"));
    Files.writeString(sources.resolve(example.fileName()), example.source());
    List<Path> jars =
        List.of(
            Artifacts.jar("io.picomux.core"),
            Artifacts.jar("io.picomux"),
            Artifacts.jar("io.picomux.testkit"));
    return UserProgram.onClassPath(
            sources, Files.createDirectories(folder.resolve("classes")), jars)
        .run(example.mainClass());
  }
}
