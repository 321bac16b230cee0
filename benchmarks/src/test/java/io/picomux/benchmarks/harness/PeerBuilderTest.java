package io.picomux.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PeerBuilderTest {
  @TempDir private Path folder;

  /** Makes a program that notes what it is to build and ends with a code for Go. */
  private Path program(int codeForGo) throws IOException {
    Path program = folder.resolve("build-peers");
    Files.writeString(
        program,
        "#!/bin/sh\necho \"$*\" >> '"
            + folder.resolve("built")
            + "'\n[ \"$1\" != go ] || exit "
            + codeForGo
            + "\n");
    return Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
  }

  private List<PeerCommand> peers(String... names) {
    PeerRegistry registry = PeerRegistry.ofThisModule(Path.of("java"), "some.jar");
    registry.addForeign(folder);
    registry.addPair("pair=picomux/rust-yamux");
    return registry.select(List.of(names));
  }

  @Test
  void eachLanguageThatIsNeededIsBuiltOnce() throws Exception {
    PeerBuilder builder = new PeerBuilder(program(0));
    assertThat(builder.build(peers("go-raw", "go-smux", "picomux", "pair"))).isEmpty();
    assertThat(folder.resolve("built")).content().isEqualTo("go\nrust\n");
    assertThat(builder.folder()).isEqualTo(folder.resolve("target/peers"));
  }

  @Test
  void aMissingToolChainIsToldFromAFailure() throws Exception {
    List<PeerCommand> peers = peers("go-raw", "rust-yamux");
    assertThat(new PeerBuilder(program(3)).build(peers)).containsExactly("go");
    Path failing = program(1);
    assertThatThrownBy(() -> new PeerBuilder(failing).build(peers))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("go ended with code 1");
  }

  @Test
  void aPeerThatWasAskedForByNameAndCannotBeBuiltIsAWrongArgument() throws Exception {
    StringWriter err = new StringWriter();
    String[] arguments = {
      "--results",
      folder.resolve("results").toString(),
      "--build-peers",
      program(3).toString(),
      "--scenarios",
      "up-1",
      "--peers",
      "go-yamux"
    };
    int code =
        HarnessProgram.run(
            arguments, new PrintWriter(new StringWriter()), new PrintWriter(err, true));
    assertThat(code).isEqualTo(2);
    assertThat(err.toString()).contains("peer is 'go-yamux', which cannot be built here");
  }
}
