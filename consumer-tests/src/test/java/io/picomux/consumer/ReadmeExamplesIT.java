package io.picomux.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Each Java example of the README, and of that of the testkit, compiles and runs as pasted, and
 * prints what the document says.
 */
final class ReadmeExamplesIT {

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> examplesOfTheReadmeRun() throws IOException {
    return examplesOf("README.md");
  }

  @TestFactory
  Stream<DynamicTest> examplesOfTheTestkitRun() throws IOException {
    return examplesOf("picomux-testkit/README.md");
  }

  private Stream<DynamicTest> examplesOf(String document) throws IOException {
    Path readme = Artifacts.ROOT.resolve(document);
    List<MarkdownExample> examples = MarkdownExample.in(Files.readString(readme));
    assertThat(examples).as("Java examples in %s", document).isNotEmpty();
    return examples.stream()
        .map(example ->
            DynamicTest.dynamicTest(
                "line " + example.line(),
                readme.toUri(),
                () -> runs(example, folder.resolve("line-" + example.line()))));
  }

  private static void runs(MarkdownExample example, Path folder)
      throws IOException, InterruptedException {
    UserProgram.Result result = ExampleRun.of(example, folder);
    assertThat(result.exitStatus()).as(result.output()).isZero();
    if (example.output().isPresent()) {
      assertThat(result.output()).isEqualTo(example.output().get());
    }
  }
}
