package io.picomux.benchmarks.scenario;

import io.picomux.benchmarks.link.Connection;
import java.util.concurrent.ThreadFactory;

/**
 * Work of a client that is measured. Picocli sets the options. Not thread-safe; runs once.
 *
 * <p>What a scenario does and measures is the same for every multiplexer in every language, so that
 * figures can be compared; see the README of this module.
 */
public interface Scenario {

  /**
   * Returns how much is done.
   *
   * @throws IllegalArgumentException when something is too small; the message names its option
   */
  Sizes sizes();

  /** Returns whether what it has opened stays so until the harness has looked at the memory. */
  default boolean staysOpen() {
    return false;
  }

  /**
   * Does the work and puts its figures into the result.
   *
   * @param threads make the threads that use the streams
   */
  void run(Connection connection, ThreadFactory threads, Result result) throws Exception;
}
