/** The picomux library: sessions and streams. */
@SuppressWarnings("module") // the testkit, which knows this module, is compiled after it
module io.picomux {
  requires transitive io.picomux.core;
  requires static java.management;
  requires static org.jspecify;
  requires static com.google.errorprone.annotations;

  exports io.picomux;
  exports io.picomux.engine to
      io.picomux.testkit;
  exports io.picomux.log to
      io.picomux.tunnel;
  exports io.picomux.socket;
}
