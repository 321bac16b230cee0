package io.picomux.engine;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The way by which the testkit begins sessions on a host of its own, without a word of it in the
 * library's API. (The types of the library are not named here, as its package knows this one.) Safe
 * for concurrent use.
 */
public final class EngineAccess {
  /** Begins a session; the library's part of this class. */
  @FunctionalInterface
  public interface Starter {
    /**
     * Begins a session.
     *
     * @param builder an {@code io.picomux.PicoMuxBuilder}
     * @return an {@code io.picomux.PicoMux}
     */
    Object begin(Object builder, EngineHost host) throws IOException;
  }

  private static volatile @Nullable Starter starter;

  private EngineAccess() {}

  /** The library hands in its part, before the first builder exists. */
  public static void setStarter(Starter theStarter) {
    starter = theStarter;
  }

  /**
   * Begins a session on a host.
   *
   * @param builder an {@code io.picomux.PicoMuxBuilder}; its thread factory is not used
   * @return an {@code io.picomux.PicoMux}
   */
  public static Object begin(Object builder, EngineHost host) throws IOException {
    Starter begun = starter;
    if (begun == null) {
      throw new IllegalStateException("there is no builder yet: " + builder);
    }
    return begun.begin(builder, host);
  }
}
