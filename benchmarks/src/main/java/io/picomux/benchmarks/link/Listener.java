package io.picomux.benchmarks.link;

import java.io.Closeable;

/** A server that accepts connections and serves their streams until it is closed. */
public interface Listener extends Closeable {

  /** Returns the port it listens at. */
  int port();
}
