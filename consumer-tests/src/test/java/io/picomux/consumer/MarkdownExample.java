package io.picomux.consumer;

import static java.util.stream.Collectors.joining;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Java example of a document: a block fenced by <code>```java</code>.
 *
 * <p>A block that declares a type is a whole source file. Any other block is the body of a {@code
 * main} method, below the imports it begins with; nothing is imported but what it says. A block of
 * plain <code>```text</code> that follows at once, with only an empty line or a line that ends with
 * a colon between, is what the example prints.
 *
 * @param line the number of the fence's line in the document, from 1
 * @param code the lines between the fences
 * @param output what the example prints, where the document says it
 */
record MarkdownExample(int line, String code, Optional<String> output) {

  private static final Pattern TYPE_NAME =
      Pattern.compile(
          "^(?:(?:public|final|abstract|sealed) )*(?:class|record|enum|interface) (\\w+)",
          Pattern.MULTILINE);
  private static final Pattern PACKAGE = Pattern.compile("^package ([\\w.]+);", Pattern.MULTILINE);

  /** All Java examples of a document, in its order. */
  static List<MarkdownExample> in(String document) {
    List<String> lines = document.lines().toList();
    List<MarkdownExample> examples = new ArrayList<>();
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i).strip().equals("```java")) {
        int end = endOfBlock(lines, i);
        examples.add(
            new MarkdownExample(i + 1, join(lines.subList(i + 1, end)), outputAfter(lines, end)));
        i = end;
      }
    }
    return examples;
  }

  /** The name of the class to run, with its package. */
  String mainClass() {
    Matcher packageName = PACKAGE.matcher(code);
    return packageName.find() ? packageName.group(1) + "." + simpleName() : simpleName();
  }

  /** The name of the source file. */
  String fileName() {
    return simpleName() + ".java";
  }

  /** The whole source file. */
  String source() {
    if (TYPE_NAME.matcher(code).find()) {
      return code;
    }
    String imports = code.lines().filter(MarkdownExample::isImport).collect(joining("\n"));
    String body = code.lines().filter(each -> !isImport(each)).collect(joining("\n"));
    return imports
        + "\npublic class Example {\n"
        + "  private Example() {}\n"
        + "  public static void main(String[] args) throws Exception {\n"
        + body
        + "\n  }\n}\n";
  }

  private String simpleName() {
    Matcher type = TYPE_NAME.matcher(code);
    return type.find() ? type.group(1) : "Example";
  }

  private static boolean isImport(String line) {
    return line.startsWith("import ");
  }

  private static Optional<String> outputAfter(List<String> lines, int endOfCode) {
    for (int i = endOfCode + 1; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      if (line.equals("```text")) {
        return Optional.of(join(lines.subList(i + 1, endOfBlock(lines, i))));
      }
      if (!line.isEmpty() && !line.endsWith(":")) {
        return Optional.empty();
      }
    }
    return Optional.empty();
  }

  private static int endOfBlock(List<String> lines, int start) {
    for (int i = start + 1; i < lines.size(); i++) {
      if (lines.get(i).strip().equals("```")) {
        return i;
      }
    }
    throw new IllegalArgumentException("the block of line " + (start + 1) + " has no end");
  }

  private static String join(List<String> lines) {
    return lines.stream().map(line -> line + "\n").collect(joining());
  }
}
