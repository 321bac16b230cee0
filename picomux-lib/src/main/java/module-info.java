/** The picomux library: sessions and streams. */
module io.picomux {
  requires transitive io.picomux.core;
  requires static java.management;
  requires static org.jspecify;
  requires static com.google.errorprone.annotations;

  exports io.picomux;
  exports io.picomux.socket;
}
