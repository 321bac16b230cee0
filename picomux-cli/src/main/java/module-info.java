/** The command picomux. */
module io.picomux.cli {
  requires io.picomux.tunnel;
  requires info.picocli;
  requires jdk.httpserver;
  requires static org.jspecify;
  requires static com.google.errorprone.annotations;

  opens io.picomux.cli to
      info.picocli;
  opens io.picomux.cli.common to
      info.picocli;
  opens io.picomux.cli.demo to
      info.picocli;

  provides System.LoggerFinder with
      io.picomux.cli.common.StderrLoggers;
}
