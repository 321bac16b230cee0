package io.picomux.benchmarks.link;

import java.io.Closeable;
import java.io.IOException;
import java.util.OptionalDouble;

/**
 * What a client opens its streams on: a session, or merely the address to connect to. Safe for
 * concurrent use. Closing it closes all of its streams.
 */
public interface Connection extends Closeable {

  /** Opens a stream; the request is left to the caller. */
  PeerStream open() throws IOException;

  /**
   * Connects once more to the same server.
   *
   * @throws UnsupportedOperationException when there are no sessions, each stream is a connection
   */
  Connection another() throws IOException;

  /** Returns how many bytes a frame that was sent has carried on average; empty where none has. */
  OptionalDouble meanBodyBytes();

  /**
   * Opens an echo stream, sends one byte on it and keeps it open. Does not wait for the echo.
   *
   * @param watch hears when the byte has come back, or that it never will
   */
  void openIdle(IdleWatch watch) throws IOException;

  /** Hears of streams that are kept open. Its methods must not block. */
  interface IdleWatch {

    /** One stream has echoed its byte. */
    void echoed();

    /** One stream has failed or ended. */
    void failed(IOException cause);
  }
}
