package io.picomux.benchmarks.events;

import java.io.Closeable;

/** A connection of a client whose streams call handlers. Safe for concurrent use. */
public interface EventConnection extends Closeable {

  /** Does something soon, while no handler of the connection is called. */
  void execute(Runnable task);

  /**
   * Opens a stream; to be called as handlers are, or by {@link #execute}.
   *
   * @param stream hears what comes, and of a failure
   * @param onOpen is called as handlers are, when the stream can be used
   */
  void open(ClientStream stream, Runnable onOpen);
}
