/** The command picomux. */
module io.picomux.cli {
  requires io.picomux.tunnel;
  requires info.picocli;
  requires static org.jspecify;
  requires static com.google.errorprone.annotations;
}
