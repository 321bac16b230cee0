/** A user's module: it names the library and nothing else. */
module example.echo {
  requires io.picomux;
}
