package io.picomux.core;

import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The live streams of a session by id: open addressing with linear probing, no boxed ids. Not
 * thread-safe.
 *
 * <p>The peer chooses its ids, so the hash is keyed: without the key it cannot make them collide.
 */
final class StreamTable {
  private static final int INITIAL_SLOTS = 8;

  private final int key;
  private @Nullable CoreStream[] slots = new CoreStream[INITIAL_SLOTS];
  private int size;
  private int inboundSize;

  StreamTable(long seed) {
    this.key = (int) (seed ^ seed >>> 32) | 1;
  }

  int size() {
    return size;
  }

  /** Returns how many of the streams were opened by the peer. */
  int inboundSize() {
    return inboundSize;
  }

  @Nullable CoreStream get(int id) {
    int mask = slots.length - 1;
    for (int i = slot(id, mask); ; i = i + 1 & mask) {
      CoreStream stream = slots[i];
      if (stream == null || stream.id() == id) {
        return stream;
      }
    }
  }

  /** Adds a stream whose id is not in the table. */
  void add(CoreStream stream) {
    if ((size + 1) * 2 > slots.length) {
      resize(slots.length * 2);
    }
    insert(stream);
    size++;
    inboundSize += stream.isLocal() ? 0 : 1;
  }

  /** Removes a stream that is in the table. */
  void remove(CoreStream stream) {
    int mask = slots.length - 1;
    int hole = slot(stream.id(), mask);
    while (slots[hole] != stream) {
      if (slots[hole] == null) {
        throw new IllegalStateException("stream is not in the table");
      }
      hole = hole + 1 & mask;
    }
    for (int i = hole + 1 & mask; ; i = i + 1 & mask) {
      CoreStream next = slots[i];
      if (next == null) {
        break;
      }
      int home = slot(next.id(), mask);
      if ((i - home & mask) >= (i - hole & mask)) {
        slots[hole] = next;
        hole = i;
      }
    }
    slots[hole] = null;
    size--;
    inboundSize -= stream.isLocal() ? 0 : 1;
    if (slots.length > INITIAL_SLOTS && size * 8 < slots.length) {
      resize(slots.length / 2);
    }
  }

  /** Visits every stream; the action must not add or remove one. */
  void forEach(Consumer<CoreStream> action) {
    for (CoreStream stream : slots) {
      if (stream != null) {
        action.accept(stream);
      }
    }
  }

  /** Returns the streams in an array of their own, for visits that remove. */
  CoreStream[] toArray() {
    CoreStream[] streams = new CoreStream[size];
    int n = 0;
    for (CoreStream stream : slots) {
      if (stream != null) {
        streams[n++] = stream;
      }
    }
    return Arrays.copyOf(streams, n);
  }

  private void insert(CoreStream stream) {
    int mask = slots.length - 1;
    int i = slot(stream.id(), mask);
    while (slots[i] != null) {
      i = i + 1 & mask;
    }
    slots[i] = stream;
  }

  private void resize(int newLength) {
    @Nullable CoreStream[] old = slots;
    slots = new CoreStream[newLength];
    for (CoreStream stream : old) {
      if (stream != null) {
        insert(stream);
      }
    }
  }

  /** Mixes id and key; the constants are those of MurmurHash3's 32-bit finalizer. */
  private int slot(int id, int mask) {
    int h = id * key;
    h ^= h >>> 16;
    h *= 0x85ebca6b;
    h ^= h >>> 13;
    h *= 0xc2b2ae35;
    h ^= h >>> 16;
    return h & mask;
  }
}
