package io.picomux.testkit;

/** Where an end of a session puts its frames. */
interface Outlet {
  /** Returns whether it takes in more. */
  boolean hasRoom();

  /** Takes in whole frames. */
  void send(byte[] frames);

  /** Nothing more is sent. */
  void end();
}
