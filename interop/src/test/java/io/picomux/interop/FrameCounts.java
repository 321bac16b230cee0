package io.picomux.interop;

import io.picomux.FrameListener;
import io.picomux.core.Command;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts the frames of a session and the bytes in them. Safe for concurrent use. */
final class FrameCounts implements FrameListener {

  private record Key(boolean outgoing, Command command, int streamId) {}

  private record Count(LongAdder frames, LongAdder bodyBytes) {}

  private final ConcurrentHashMap<Key, Count> counts = new ConcurrentHashMap<>();

  @Override
  public void onFrame(boolean outgoing, Command command, int streamId, int bodyBytes) {
    Count count =
        counts.computeIfAbsent(
            new Key(outgoing, command, streamId),
            key -> new Count(new LongAdder(), new LongAdder()));
    count.frames.increment();
    count.bodyBytes.add(bodyBytes);
  }

  /** Frames of one stream that were sent; stream 0 is that of PING and PONG. */
  long sent(Command command, int streamId) {
    return frames(true, command, streamId);
  }

  /** Frames of one stream that came. */
  long received(Command command, int streamId) {
    return frames(false, command, streamId);
  }

  /** Bytes in the data frames of one stream that were sent. */
  long dataBytesSent(int streamId) {
    Count count = counts.get(new Key(true, Command.PSH, streamId));
    return count == null ? 0 : count.bodyBytes.sum();
  }

  private long frames(boolean outgoing, Command command, int streamId) {
    Count count = counts.get(new Key(outgoing, command, streamId));
    return count == null ? 0 : count.frames.sum();
  }
}
