package io.picomux.benchmarks.harness;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Builds peers in other languages by the program {@code build-peers}, each language once. */
final class PeerBuilder {

  /** What build-peers ends with where the tool chain of a language is missing. */
  private static final int NO_TOOL_CHAIN = 3;

  private final Path program;

  PeerBuilder(Path program) {
    this.program = program;
  }

  /** Returns where the programs are once they are built. */
  Path folder() {
    return program.resolveSibling("target").resolve("peers");
  }

  /**
   * Builds what some peers need. What the program says goes to our error output.
   *
   * @return the languages whose tool chain is missing
   * @throws IOException when a build fails
   */
  Set<String> build(List<PeerCommand> peers) throws IOException, InterruptedException {
    Set<String> languages = new LinkedHashSet<>();
    for (PeerCommand peer : peers) {
      addTo(languages, peer);
      addTo(languages, peer.serving());
    }
    Set<String> missing = new LinkedHashSet<>();
    for (String language : languages) {
      Process build =
          new ProcessBuilder(program.toString(), language)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .redirectError(ProcessBuilder.Redirect.INHERIT)
              .start();
      int code = build.waitFor();
      if (code == NO_TOOL_CHAIN) {
        missing.add(language);
      } else if (code != 0) {
        throw new IOException(
            program
                + " "
                + language
                + " ended with code "
                + code
                + "; leave its peers out by --peers");
      }
    }
    return missing;
  }

  private static void addTo(Set<String> languages, PeerCommand peer) {
    if (peer.language() != null) {
      languages.add(peer.language());
    }
  }
}
