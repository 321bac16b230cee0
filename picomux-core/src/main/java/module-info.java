/** The picomux protocol as pure code. */
module io.picomux.core {
  requires static org.jspecify;
  requires static com.google.errorprone.annotations;

  exports io.picomux.core;
}
