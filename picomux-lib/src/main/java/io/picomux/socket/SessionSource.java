package io.picomux.socket;

import io.picomux.PicoMux;
import java.io.IOException;

/** Where a socket finds its session at the moment it needs one. */
@FunctionalInterface
interface SessionSource {
  PicoMux get() throws IOException;
}
