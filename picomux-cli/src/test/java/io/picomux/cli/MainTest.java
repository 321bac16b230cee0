package io.picomux.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.cli.common.ExitCodes;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Arguments, errors and exit codes, in this process. */
final class MainTest {

  /** What a run printed and returned. */
  private record Run(int exitCode, String out, String err) {}

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "\"\" | a command is missing | picomux --help",
        "nonsense | 'nonsense' | picomux --help",
        "serve | '--listen=HOST:PORT' | picomux serve --help",
        "serve --listen 9000 | '9000' has no port; write host:port | picomux serve --help",
        "serve --listen 127.0.0.1:70000 | port is '70000' | must be a number from 1 to 65535",
        "serve --listen 127.0.0.1:0 --allow 10.0.0.0/40 | '40', must be 0 to 32 | ADDRESS/BITS",
        "serve --listen 127.0.0.1:0 --nonsense | '--nonsense' | picomux serve --help",
        "socks --listen 127.0.0.1:0 | '--via=HOST:PORT' | picomux socks --help",
        "socks --listen 127.0.0.1:0 --via x | 'x' has no port | picomux socks --help",
        "forward --listen 127.0.0.1:0 --via a:1 --to [::1]:0 | port is '0' | picomux forward --help",
        "ping --via 127.0.0.1:1 -c 0 | '--count': 0 is out of range | must be 1 or more",
        "ping --via 127.0.0.1:1 -i -1 | '--interval': -1.0 is out of range | 0.0 to 3600.0",
        "ping --via 127.0.0.1:1 -W 0 | '--timeout': 0.0 is out of range | 0.001 to 3600.0",
        "ping --via 127.0.0.1:1 -c x | 'x' is not a whole number | picomux ping --help",
        "demo --listen nowhere.invalid:1 | 'nowhere.invalid' has no address | picomux demo --help"
      })
  void wrongArgumentsAreOneLineWithTheValueAndTheRemedy(
      String arguments, String fault, String remedy) {
    Run run = run(arguments);
    assertThat(run.exitCode).isEqualTo(ExitCodes.USAGE);
    assertThat(run.out).isEmpty();
    assertThat(run.err.lines()).hasSize(1);
    assertThat(run.err).startsWith("picomux: ").contains(fault, remedy);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "serve --listen 0.0.0.0:0",
        "serve --listen [::]:0",
        "socks --listen 0.0.0.0:0 --via 127.0.0.1:1",
        "forward --listen 0.0.0.0:0 --to a:1 --via 127.0.0.1:1",
        "demo --once --listen 0.0.0.0:0"
      })
  void listeningBeyondLoopbackNeedsToBeAskedFor(String arguments) {
    Run run = run(arguments);
    assertThat(run.exitCode).isEqualTo(ExitCodes.FAILED);
    String lastLine = run.err.lines().reduce((a, b) -> b).orElse("");
    assertThat(lastLine)
        .startsWith("picomux: --listen ")
        .contains("can be reached from other machines", "add --insecure");
  }

  @Test
  void insecureListeningIsPossibleWhenAskedFor() {
    Run run = run("demo --once --insecure --listen 0.0.0.0:0");
    assertThat(run.exitCode).as(run.out + run.err).isEqualTo(ExitCodes.OK);
  }

  @Test
  void anAddressInUseIsOneLineWithTheRemedy() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = "127.0.0.1:" + taken.getLocalPort();
      Run run = run("serve --listen " + address);
      assertThat(run.exitCode).isEqualTo(ExitCodes.FAILED);
      assertThat(run.err.lines()).hasSize(1);
      assertThat(run.err)
          .startsWith("picomux: cannot listen at " + address + ": ")
          .contains("choose another address or port");
    }
  }

  @Test
  void anExitOutOfReachIsOneLineWithTheRemedy() throws Exception {
    int closed;
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      closed = socket.getLocalPort();
    }
    Run run = run("ping -c 1 --via 127.0.0.1:" + closed);
    assertThat(run.exitCode).isEqualTo(ExitCodes.FAILED);
    assertThat(run.err.lines()).hasSize(1);
    assertThat(run.err)
        .contains("cannot reach the exit 127.0.0.1:" + closed, "Connection refused")
        .contains("is 'picomux serve' running there?");
    for (String option : new String[] {"-v", "--verbose"}) {
      assertThat(run("ping " + option + " -c 1 --via 127.0.0.1:" + closed).err)
          .contains("Caused by: java.net.");
    }
  }

  @Test
  void helpTeachesWithExamplesAndListsTheExitCodes() {
    Run run = run("--help");
    assertThat(run.exitCode).isEqualTo(ExitCodes.OK);
    assertThat(run.out)
        .contains("picomux demo", "picomux serve --listen", "curl --socks5-hostname")
        .contains("Exit codes:", "  0 ", "  1 ", "  2 ", "  70 ", "  130 ");
    assertThat(run.out.lines()).allMatch(line -> line.length() <= 80);
  }

  @ParameterizedTest
  @ValueSource(strings = {"demo", "serve", "socks", "forward", "ping"})
  void everyCommandHasHelpWithAnExample(String command) {
    Run run = run(command + " --help");
    assertThat(run.exitCode).isEqualTo(ExitCodes.OK);
    assertThat(run.out).contains("Usage: picomux " + command, "Example", "  picomux " + command);
    assertThat(run.out).contains("--frames", "--verbose", "--version");
    assertThat(run.out.lines()).allMatch(line -> line.length() <= 80);
    assertThat(run.out.substring(run.out.indexOf("Example")).lines().skip(1))
        .as("examples that were not wrapped")
        .allMatch(line -> line.startsWith("  "));
    assertThat(run.out).doesNotContain("\\\\");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--version", "demo --version", "serve --version"})
  void tellsItsVersion(String arguments) {
    Run run = run(arguments);
    assertThat(run.exitCode).isEqualTo(ExitCodes.OK);
    assertThat(run.out).containsPattern("^picomux [0-9]+\\.[0-9]+\\.[0-9]+").contains("Java ");
  }

  private static Run run(String arguments) {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    String[] split = arguments.isEmpty() ? new String[0] : arguments.split(" ");
    int exitCode = Main.run(split, new PrintWriter(out, true), new PrintWriter(err, true));
    return new Run(exitCode, out.toString(), err.toString());
  }
}
