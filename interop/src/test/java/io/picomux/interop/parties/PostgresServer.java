package io.picomux.interop.parties;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * A PostgreSQL server of our own on loopback: a fresh cluster in a folder, gone at the end.
 *
 * <p>The server refuses to run as root; root therefore starts it as the user {@code postgres}.
 */
final class PostgresServer implements AutoCloseable {

  /** Where packages of Debian, Red Hat and Homebrew keep the server's programs. */
  private static final List<String> PROGRAM_FOLDERS =
      List.of("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin");

  private static final String USER = "postgres";

  /** A port that was free may be taken when the server comes to listen on it. */
  private static final int ATTEMPTS = 5;

  private final Path programs;
  private final Path data;
  private final int port;
  private final Process process;
  private final Thread stopAtExit = new Thread(this::stop);

  private PostgresServer(Path programs, Path data, int port, Process process) {
    this.programs = programs;
    this.data = data;
    this.port = port;
    this.process = process;
    Runtime.getRuntime().addShutdownHook(stopAtExit);
  }

  /**
   * Creates a cluster and starts the server.
   *
   * @param folder an empty one, which is given to the server's user
   */
  static PostgresServer start(Path folder) throws IOException {
    Path programs = findPrograms();
    if (isRoot()) {
      UserPrincipal owner =
          folder.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(USER);
      Files.setOwner(folder, owner);
    }
    Path data = folder.resolve("data");
    run(
        command(
            programs.resolve("initdb"),
            "--pgdata=" + data,
            "--username=" + USER,
            "--auth=trust",
            "--encoding=UTF8",
            "--locale=C",
            "--no-sync"));
    for (int attempt = 1; ; attempt++) {
      int port = freePort();
      Process process = launch(programs, data, port);
      String output = outputUntilReady(process);
      if (process.isAlive()) {
        drain(process);
        return new PostgresServer(programs, data, port, process);
      }
      if (attempt == ATTEMPTS) {
        throw new IOException("the PostgreSQL server does not start:\n" + output);
      }
    }
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(stopAtExit);
    stop();
  }

  private void stop() {
    try {
      run(command(programs.resolve("pg_ctl"), "stop", "--pgdata=" + data, "--mode=immediate"));
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        throw new IOException("the PostgreSQL server does not stop");
      }
    } catch (IOException | InterruptedException e) {
      process.destroyForcibly();
      throw new IllegalStateException(e);
    }
  }

  private static Process launch(Path programs, Path data, int port) throws IOException {
    return new ProcessBuilder(
            command(
                programs.resolve("postgres"),
                "-D",
                data.toString(),
                "-p",
                String.valueOf(port),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "unix_socket_directories=",
                "-c",
                "fsync=off"))
        .directory(data.toFile())
        .redirectErrorStream(true)
        .start();
  }

  /** Reads what the server says until it is ready or has ended. */
  private static String outputUntilReady(Process process) throws IOException {
    StringBuilder output = new StringBuilder();
    BufferedReader reader = process.inputReader(UTF_8);
    String line;
    while ((line = reader.readLine()) != null) {
      output.append(line).append('\n');
      if (line.contains("database system is ready to accept connections")) {
        return output.toString();
      }
    }
    try {
      process.waitFor();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
    return output.toString();
  }

  /** Reads the server's log for good, so that it never waits for us. */
  private static void drain(Process process) {
    BufferedReader reader = process.inputReader(UTF_8);
    Thread.ofVirtual()
        .start(() -> {
          try {
            reader.transferTo(Writer.nullWriter());
          } catch (IOException e) {
            System.getLogger("io.picomux").log(System.Logger.Level.DEBUG, "end of the log", e);
          }
        });
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  /** A command that is executed by a user who is not root, in a process that is the program's. */
  private static List<String> command(Path program, String... arguments) {
    List<String> command = new ArrayList<>();
    if (isRoot()) {
      command.addAll(List.of("setpriv", "--reuid=" + USER, "--regid=" + USER, "--clear-groups"));
    }
    command.add(program.toString());
    command.addAll(List.of(arguments));
    return command;
  }

  private static void run(List<String> command) throws IOException {
    Process process =
        new ProcessBuilder(command)
            .directory(Path.of("/").toFile())
            .redirectErrorStream(true)
            .start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    try {
      if (process.waitFor() != 0) {
        throw new IOException(command + " failed:\n" + output);
      }
    } catch (InterruptedException e) {
      process.destroy();
      throw new IOException(e);
    }
  }

  private static boolean isRoot() {
    return "root".equals(System.getProperty("user.name"));
  }

  /** Returns the folder of the newest server; without one the test is skipped, in CI it fails. */
  private static Path findPrograms() throws IOException {
    Optional<Path> found = Optional.empty();
    for (String folders : PROGRAM_FOLDERS) {
      int star = folders.indexOf('*');
      Path parent = Path.of(folders.substring(0, folders.lastIndexOf('/', star)));
      String name = folders.substring(folders.lastIndexOf('/', star) + 1, folders.indexOf("/bin"));
      if (Files.isDirectory(parent)) {
        try (DirectoryStream<Path> versions = Files.newDirectoryStream(parent, name)) {
          for (Path version : versions) {
            Path programs = version.resolve("bin");
            if (Files.isExecutable(programs.resolve("initdb"))
                && found.map(other -> programs.compareTo(other) > 0).orElse(true)) {
              found = Optional.of(programs);
            }
          }
        }
      }
    }
    return found.orElseGet(() -> {
      String message = "needs a PostgreSQL server (Debian package postgresql)";
      return "true".equals(System.getenv("CI")) ? fail(message) : abort(message);
    });
  }
}
