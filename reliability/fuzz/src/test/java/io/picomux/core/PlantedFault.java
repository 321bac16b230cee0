package io.picomux.core;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.tools.ToolProvider;

/**
 * A fault in a copy of one class of the product, which a fuzz target must find. The product itself
 * stays as it is: the copy is compiled into a folder that stands before it on a class path.
 */
enum PlantedFault {
  /** The length of a MORE is compared by its lower byte. */
  DECODER(
      "picomux-core",
      "io.picomux.core.FrameDecoder",
      "command == Command.MORE && bodyBytes != WireFormat.MORE_BODY_BYTES",
      "command == Command.MORE && (bodyBytes & 0xFF) != WireFormat.MORE_BODY_BYTES"),

  /** A comma may follow the body. */
  PING(
      "picomux-core",
      "io.picomux.core.PingJson",
      "if (scanner.peekToken() != JsonScanner.END) {",
      "if (scanner.peekToken() != JsonScanner.END && scanner.peekToken() != ',') {"),

  /** Credit beyond what one MORE can carry is lost. */
  SESSION(
      "picomux-core",
      "io.picomux.core.SendWindow",
      "creditFrames = (int) sum;",
      "creditFrames = (int) Math.min(sum, 65_535);"),

  /** More credit is told to the peer than is counted. */
  PAIR(
      "picomux-core",
      "io.picomux.core.ReceiveWindow",
      "creditFrames += frames;",
      "creditFrames += Math.min(frames, 60);"),

  /** What a client sends is shown as it came. */
  SOCKS(
      "picomux-tunnel",
      "io.picomux.tunnel.SocksHandshake",
      "fail(\"bad destination: \" + e.getMessage());",
      "fail(\"bad destination: \" + host);"),

  /** Half of a block that is not public counts as public. */
  DESTINATION(
      "picomux-tunnel", "io.picomux.tunnel.exit.ExitPolicy", "100.64.0.0/10", "100.64.0.0/11");

  private static final Path PROJECT = Path.of("../..");

  private final String module;
  private final String className;
  private final String right;
  private final String wrong;

  PlantedFault(String module, String className, String right, String wrong) {
    this.module = module;
    this.className = className;
    this.right = right;
    this.wrong = wrong;
  }

  /** Tells whether a fuzzer comes to it in a thousand inputs rather than in a hundred thousand. */
  boolean isFoundSoon() {
    return this != PING && this != DESTINATION;
  }

  /** Compiles the class with its fault into a folder. */
  void plantIn(Path folder, String classPath) throws IOException {
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
    List<String> arguments =
        List.of("-proc:none", "-nowarn", "-cp", classPath, "-d", folder.toString());
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                java.util.stream.Stream.concat(
                        arguments.stream(), java.util.stream.Stream.of(copy.toString()))
                    .toArray(String[]::new));
    if (code != 0) {
      throw new AssertionError("the class with the fault does not compile: " + copy);
    }
  }

  /** Returns a loader of the project's classes, with the fault that lies in a folder. */
  static URLClassLoader loader(Path folder, String classPath) throws IOException {
    String[] entries = classPath.split(java.io.File.pathSeparator, -1);
    URL[] urls = new URL[entries.length + 1];
    urls[0] = folder.toUri().toURL();
    for (int i = 0; i < entries.length; i++) {
      urls[i + 1] = Path.of(entries[i]).toUri().toURL();
    }
    return new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
  }
}
