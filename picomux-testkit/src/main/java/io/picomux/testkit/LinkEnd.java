package io.picomux.testkit;

import java.io.IOException;
import java.nio.ByteBuffer;

/** What an end of a session hears from its link. */
interface LinkEnd {
  /** Bytes of the peer have arrived. */
  void onBytes(ByteBuffer bytes);

  /** Everything that the peer had to send has arrived. */
  void onEnd();

  /** The link takes in more. */
  void onRoom();

  /** The transport is broken. */
  void onFailure(IOException cause);
}
