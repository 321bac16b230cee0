package io.picomux.consumer;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Every exported type, and every public member of it, says what it is. */
final class ApiDocumentationTest {

  @TempDir Path folder;

  @ParameterizedTest
  @CsvSource({
    "io.picomux.core, picomux-core",
    "io.picomux, picomux-lib",
    "io.picomux.testkit, picomux-testkit",
    "io.picomux.tunnel, picomux-tunnel",
  })
  void exportedTypesAreDocumented(String module, String moduleFolder) throws IOException {
    Path sources = Artifacts.ROOT.resolve(moduleFolder).resolve("src/main/java");
    List<Path> exported = new ArrayList<>();
    for (ModuleDescriptor.Exports exports : Artifacts.module(module).descriptor().exports()) {
      if (!exports.isQualified()) {
        exported.addAll(javaFiles(sources.resolve(exports.source().replace('.', '/'))));
      }
    }
    assertThat(UndocumentedApi.in(exported)).isEmpty();
  }

  @Test
  void findsWhatLacksAComment() throws IOException {
    Path source = folder.resolve("Sample.java");
    Files.writeString(
        source,
        """
        public abstract class Sample {
          public static final int LIMIT = 1;
          /** Documented. */
          public int documented;
          int hidden;
          protected Sample() {}
          public void act(int parameter) { class Local { public int x; } }
          @Override public String toString() { return ""; }
          private void hide() {}
          static final class Hidden { public int inner; }
          public interface Role { void play(); }
          public enum Kind { ONE, /** Documented. */ TWO }
        }
        """);
    assertThat(UndocumentedApi.in(List.of(source)))
        .containsExactly(
            "Sample.java:1: Sample",
            "Sample.java:2: LIMIT",
            "Sample.java:6: <init>()",
            "Sample.java:7: act()",
            "Sample.java:11: Role",
            "Sample.java:11: play()",
            "Sample.java:12: Kind",
            "Sample.java:12: ONE");
  }

  private static List<Path> javaFiles(Path packageFolder) throws IOException {
    try (Stream<Path> files = Files.list(packageFolder)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }
}
