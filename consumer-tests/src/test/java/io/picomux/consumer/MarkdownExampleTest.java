package io.picomux.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

final class MarkdownExampleTest {

  private static final String DOCUMENT =
      """
      # Title

      ```java
      import java.util.List;
      System.out.println(List.of(1));
      ```
      It prints:

      ```text
      [1]
      ```
      Then a command, and a whole file.
      ```sh
      ./build verify
      ```
      ```java
      package a.b;

      public final class Whole {
        private Whole() {}
      }
      ```
      This is another matter.
      ```text
      unrelated
      ```
      """;

  @Test
  void findsTheJavaBlocksAndTheirLines() {
    assertThat(MarkdownExample.in(DOCUMENT))
        .extracting(MarkdownExample::line)
        .containsExactly(3, 16);
  }

  @Test
  void takesTheTextBlockThatFollowsAsTheOutput() {
    assertThat(MarkdownExample.in(DOCUMENT).get(0).output()).contains("[1]\n");
    assertThat(MarkdownExample.in(DOCUMENT).get(1).output()).isEmpty();
  }

  @Test
  void wrapsStatementsInAMainMethodBelowTheirImports() {
    MarkdownExample example = MarkdownExample.in(DOCUMENT).get(0);
    assertThat(example.mainClass()).isEqualTo("Example");
    assertThat(example.source())
        .startsWith("import java.util.List;\npublic class Example {")
        .containsSubsequence("void main(", "System.out.println(List.of(1));");
  }

  @Test
  void leavesAWholeSourceFileAsItIs() {
    MarkdownExample example = MarkdownExample.in(DOCUMENT).get(1);
    assertThat(example.mainClass()).isEqualTo("a.b.Whole");
    assertThat(example.fileName()).isEqualTo("Whole.java");
    assertThat(example.source()).isEqualTo(example.code());
  }

  @Test
  void refusesABlockWithoutEnd() {
    assertThatThrownBy(() -> MarkdownExample.in("text\n```java\nint a;\n"))
        .hasMessage("the block of line 2 has no end");
  }
}
