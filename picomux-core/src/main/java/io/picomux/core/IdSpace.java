package io.picomux.core;

/**
 * Which stream ids are used, were used lately, or are free: ours and the peer's. Not thread-safe.
 */
final class IdSpace {
  private final StreamTable table;
  private final StreamIds ours;
  private final PeerIdMemory peers = new PeerIdMemory();

  IdSpace(StreamTable table, long seed) {
    this.table = table;
    this.ours = new StreamIds(seed);
  }

  /** Returns an id of ours that neither side has used within the last hour. */
  int draw(long nowNanos) {
    while (true) {
      int id = ours.next();
      boolean seen = peers.mightContain(id, nowNanos) && !peers.saturated();
      if (!seen && table.get(id) == null) {
        return id;
      }
    }
  }

  /** The peer has used an id. */
  void addPeerId(int id, long nowNanos) {
    peers.add(id, nowNanos);
  }

  /** Tells whether either side has used an id, as far as that is remembered. */
  boolean wasUsed(int id, long nowNanos) {
    return ours.issued(id) || peers.mightContain(id, nowNanos);
  }
}
