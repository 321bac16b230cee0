package io.picomux.engine;

/**
 * What a session has instead of a process and a connection: time, memory, randomness and a
 * transport, all in the hands of one thread. No method waits.
 */
public interface EngineHost {
  /** Returns the time, as {@link System#nanoTime()} does. */
  long nanoTime();

  /** Returns the memory that the session shares with others. */
  SharedMemory memory();

  /** Returns where the session's stream ids come from. */
  long nextSeed();

  /** The session begins: from now on the engine may be called. */
  void start(Engine engine);

  /** There may be something to {@link Engine#fill}; it is not to be called from within this. */
  void requestWrite();

  /** {@link Engine#onDeadline} is wanted at this time of {@link #nanoTime()}. */
  void setDeadline(long nanoTime);

  /** Ends our direction of the transport; everything was written. */
  void shutdownOutput();

  /** Ends the transport. */
  void close();
}
