package io.picomux.core;

import io.picomux.reliability.planted.PlantedFault;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;

/** A fault of the product that a fuzz target must find. */
enum TargetFault {
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
      "io.picomux.core.CoreStream",
      "sendCreditFrames = (int) sum;",
      "sendCreditFrames = (int) Math.min(sum, 65_535);"),

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

  private final String module;
  private final String className;
  private final String right;
  private final String wrong;

  TargetFault(String module, String className, String right, String wrong) {
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
  void plantIn(Path folder) throws IOException {
    new PlantedFault(module, className, right, wrong).plantIn(folder);
  }

  /** Returns a loader of the project's classes, with the fault that lies in a folder. */
  static URLClassLoader loader(Path folder) throws IOException {
    String[] entries = PlantedFault.classPathBehind(folder).split(java.io.File.pathSeparator, -1);
    URL[] urls = new URL[entries.length];
    for (int i = 0; i < entries.length; i++) {
      urls[i] = Path.of(entries[i]).toUri().toURL();
    }
    return new URLClassLoader(urls, ClassLoader.getPlatformClassLoader());
  }
}
