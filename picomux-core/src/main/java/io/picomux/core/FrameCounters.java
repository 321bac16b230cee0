package io.picomux.core;

/** Counts of one session since it began, guarded by the session's lock. */
final class FrameCounters {
  private static final int COMMANDS = 7;

  final long[] framesReceived = new long[COMMANDS];
  final long[] framesSent = new long[COMMANDS];
  long dataBytesReceived;
  long dataBytesSent;
  long streamsOpenedLocally;
  long streamsOpenedByPeer;
  long streamsRefused;
  long lateFrames;
  long noiseFrames;
  long discardedBytes;
  long budgetKills;

  void received(Command command) {
    framesReceived[slot(command)]++;
  }

  void sent(Command command) {
    framesSent[slot(command)]++;
  }

  long receivedOf(Command command) {
    return framesReceived[slot(command)];
  }

  long sentOf(Command command) {
    return framesSent[slot(command)];
  }

  private static int slot(Command command) {
    return switch (command) {
      case SYN -> 0;
      case FIN -> 1;
      case PSH -> 2;
      case NOP -> 3;
      case MORE -> 4;
      case PING -> 5;
      case PONG -> 6;
    };
  }
}
