package io.picomux.reliability.planted;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * A fault in a copy of one class of the product, which tests must find. The product itself stays as
 * it is: the copy is compiled into a folder that stands before it on a class path.
 *
 * @param module the folder of its module, in that of the project
 * @param className the class
 * @param right what stands in its source, once
 * @param wrong what stands there instead
 */
public record PlantedFault(String module, String className, String right, String wrong) {
  /** The modules with tests that use this lie two folders below the project. */
  private static final Path PROJECT = Path.of("../..");

  /** Compiles the class with its fault into a folder, which is emptied before. */
  public void plantIn(Path folder) throws IOException {
    empty(folder);
    String file = className.replace('.', '/') + ".java";
    Path original = PROJECT.resolve(module).resolve("src/main/java").resolve(file);
    String source = Files.readString(original);
    int at = source.indexOf(right);
    if (at < 0 || source.indexOf(right, at + 1) >= 0) {
      throw new AssertionError("not once in " + original + ": " + right);
    }
    Path copy = folder.resolve("source").resolve(file);
    Files.createDirectories(copy.getParent());
    Files.writeString(copy, source.replace(right, wrong));
    compile(copy, folder);
  }

  private static void compile(Path source, Path folder) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw new AssertionError("this Java has no compiler: a JDK is needed");
    }
    List<String> arguments =
        List.of("-proc:none", "-nowarn", "-cp", testClassPath(), "-d", folder.toString());
    List<String> all = new ArrayList<>(arguments);
    all.add(source.toString());
    if (compiler.run(null, null, null, all.toArray(String[]::new)) != 0) {
      throw new AssertionError("the class with the fault does not compile: " + source);
    }
  }

  private static void empty(Path folder) throws IOException {
    if (Files.exists(folder)) {
      try (Stream<Path> old = Files.walk(folder)) {
        old.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
      }
    }
    Files.createDirectories(folder);
  }

  /** Returns the class path of the running tests, behind a folder with faults. */
  public static String classPathBehind(Path folder) {
    return folder.toAbsolutePath() + File.pathSeparator + testClassPath();
  }

  /** Surefire hides the class path in a jar's manifest and leaves the real one here. */
  private static String testClassPath() {
    String ofTests = System.getProperty("surefire.test.class.path");
    String entries = ofTests != null ? ofTests : System.getProperty("java.class.path", "");
    List<String> absolute = new ArrayList<>();
    for (String entry : entries.split(File.pathSeparator, -1)) {
      absolute.add(Path.of(entry).toAbsolutePath().toString());
    }
    return String.join(File.pathSeparator, absolute);
  }
}
