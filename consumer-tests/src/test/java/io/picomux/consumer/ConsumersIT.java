package io.picomux.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Programs of users, compiled and run against the two jars of the library and nothing else. */
final class ConsumersIT {

  private static final Path PROGRAMS = Artifacts.ROOT.resolve("consumer-tests/src/test/consumers");
  private static final List<Path> JARS =
      List.of(Artifacts.jar("io.picomux.core"), Artifacts.jar("io.picomux"));

  @TempDir Path classes;

  @Test
  void libraryServesAModule() throws Exception {
    UserProgram program = UserProgram.onModulePath(PROGRAMS.resolve("module-path"), classes, JARS);
    assertThat(program.run("example.echo/example.echo.Main"))
        .isEqualTo(
            new UserProgram.Result(
                0,
                """
                modules: example.echo io.picomux io.picomux.core
                metadata: echo please
                same bytes: true
                """));
  }

  @Test
  void libraryServesTheClassPath() throws Exception {
    UserProgram program = UserProgram.onClassPath(PROGRAMS.resolve("class-path"), classes, JARS);
    assertThat(program.run("example.streams.Main"))
        .isEqualTo(new UserProgram.Result(0, "right answers: 50\n"));
  }
}
