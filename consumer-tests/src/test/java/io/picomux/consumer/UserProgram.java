package io.picomux.consumer;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;

/** A program of a user: compiled and run against jars, in a process of its own. */
final class UserProgram {

  /** How long a program may run. It bounds a hang; no program is expected to come near it. */
  private static final long RUN_LIMIT_SECONDS = 120;

  private final Path classes;
  private final List<String> runOptions;

  private UserProgram(Path classes, List<String> runOptions) {
    this.classes = classes;
    this.runOptions = runOptions;
  }

  /** What a run has left behind. */
  record Result(int exitStatus, String output) {}

  /**
   * Compiles the sources below {@code folder} into {@code classes}, with jars on the class path.
   */
  static UserProgram onClassPath(Path folder, Path classes, List<Path> jars) {
    compile(folder, classes, List.of("-classpath", join(jars)));
    List<Path> all = new ArrayList<>(jars);
    all.add(classes);
    return new UserProgram(classes, List.of("-classpath", join(all)));
  }

  /**
   * Compiles the module below {@code folder} into {@code classes}, with jars on the module path.
   */
  static UserProgram onModulePath(Path folder, Path classes, List<Path> jars) {
    compile(folder, classes, List.of("--module-path", join(jars)));
    List<Path> all = new ArrayList<>(jars);
    all.add(classes);
    return new UserProgram(classes, List.of("--module-path", join(all), "--module"));
  }

  /**
   * Runs {@code main}, a class, or a module and a class joined by a slash, to its end.
   *
   * @return its exit status and what it wrote to standard output and standard error, in one
   * @throws IllegalStateException if it has not ended after two minutes
   */
  Result run(String main) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Xmx256m");
    command.addAll(runOptions);
    command.add(main);
    Path output = Files.createTempFile(classes.toAbsolutePath().getParent(), "output", ".txt");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      process.getOutputStream().close();
      if (!process.waitFor(RUN_LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException(
            main + " has not ended; its output so far: " + Files.readString(output));
      }
      return new Result(process.exitValue(), Files.readString(output));
    } finally {
      process.destroyForcibly();
    }
  }

  private static void compile(Path folder, Path classes, List<String> pathOptions) {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
    List<String> options = new ArrayList<>(pathOptions);
    options.addAll(List.of("--release", "21", "-Xlint:all,-processing", "-Werror"));
    options.addAll(List.of("-proc:none", "-d", classes.toString()));
    StringWriter messages = new StringWriter();
    try (StandardJavaFileManager files = compiler.getStandardFileManager(problems, null, UTF_8)) {
      boolean compiled =
          compiler
              .getTask(
                  messages,
                  files,
                  problems,
                  options,
                  null,
                  files.getJavaFileObjectsFromPaths(sourcesBelow(folder)))
              .call();
      if (!compiled) {
        String lines =
            problems.getDiagnostics().stream()
                .map(Object::toString)
                .collect(Collectors.joining("\n"));
        throw new DoesNotCompileException(messages + lines);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> sourcesBelow(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }

  private static String join(List<Path> paths) {
    return paths.stream().map(Path::toString).collect(Collectors.joining(File.pathSeparator));
  }

  /** Sources that the compiler refuses or warns of; the message holds the compiler's lines. */
  static final class DoesNotCompileException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private DoesNotCompileException(String compilerLines) {
      super(compilerLines);
    }
  }
}
