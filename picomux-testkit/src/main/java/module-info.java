/** Test support for programs that use picomux. */
module io.picomux.testkit {
  requires transitive io.picomux;
  requires transitive io.picomux.core;
  requires static org.jspecify;
  requires static com.google.errorprone.annotations;

  exports io.picomux.testkit;
}
