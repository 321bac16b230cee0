package io.picomux.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The check of the examples notices what is wrong with one. */
final class ExampleRunIT {

  @TempDir Path folder;

  @Test
  void runsAnExampleAndTakesItsOutput() throws Exception {
    assertThat(ExampleRun.of(example("System.out.println(6 * 7);"), folder))
        .isEqualTo(new UserProgram.Result(0, "42\n"));
  }

  @Test
  void refusesAnExampleThatDoesNotCompile() {
    assertThatThrownBy(() -> ExampleRun.of(example("io.picomux.NoSuchType.open();"), folder))
        .isInstanceOf(UserProgram.DoesNotCompileException.class)
        .hasMessageContaining("NoSuchType");
  }

  @Test
  void refusesAnExampleThatTheCompilerWarnsOf() {
    assertThatThrownBy(() -> ExampleRun.of(example("new Thread().stop();"), folder))
        .isInstanceOf(UserProgram.DoesNotCompileException.class)
        .hasMessageContaining("removal");
  }

  @Test
  void showsTheFailureOfAnExample() throws Exception {
    UserProgram.Result result =
        ExampleRun.of(example("throw new IllegalStateException(\"as told\");"), folder);
    assertThat(result.exitStatus()).isEqualTo(1);
    assertThat(result.output()).contains("IllegalStateException: as told");
  }

  private static MarkdownExample example(String code) {
    return new MarkdownExample(1, code, Optional.empty());
  }
}
