package io.picomux.core;

/**
 * Shares the memory that a session may hold unread among its streams. Pure arithmetic; not
 * thread-safe.
 *
 * <p>For one stream, u is the memory allocated for its unread bytes and c its credit in frames; a
 * frame counts as {@link WireFormat#DATA_BODY_BYTES}. Three rules:
 *
 * <ul>
 *   <li>Floor: while u + c·F stays below {@link #FLOOR_BYTES}, up to 10 frames are always granted.
 *       No other stream can take that away.
 *   <li>Growth above the floor leaves u + c·F at most half of what ¾ of the budget has free
 *       (Choudhury and Hahne, "Dynamic queue length thresholds for shared-memory packet switches",
 *       1998): hogs leave room by construction, however many they are.
 *   <li>Credit once given is never taken back. At ¾ new streams are refused; at the full budget the
 *       stream with most unread bytes is sacrificed.
 * </ul>
 *
 * <p>Metadata of a stream that waits to be accepted is unread data of that stream. Afterwards it
 * still counts as held, in no stream's share, until the stream is over and closed: a peer that
 * opens many streams would otherwise decide on how much memory they take.
 */
final class ReceiveBudget {
  /**
   * What every stream may hold whatever the others do: 10 frames of 8 KiB, the crate's initial
   * window.
   */
  static final long FLOOR_BYTES =
      (long) WireFormat.INITIAL_WINDOW_FRAMES * WireFormat.DATA_BODY_BYTES;

  /** What a session may hold with the credit that it gave; the least budget that can be set. */
  private static final long TOLERATED_BYTES = 1 << 20;

  private final long configuredBytes;
  private long limitBytes;
  private long unreadBytes;
  private long metadataBytes;
  private long aboveFloorBytes;

  ReceiveBudget(long limitBytes) {
    this.configuredBytes = limitBytes;
    this.limitBytes = limitBytes;
  }

  /**
   * Lowers the limit for as long as the process has less to give; never above the configured one.
   */
  void setAvailable(long bytes) {
    limitBytes = Math.min(bytes, configuredBytes);
  }

  long limitBytes() {
    return limitBytes;
  }

  long unreadBytes() {
    return unreadBytes;
  }

  /** Returns all that counts against the limit: unread bytes, and metadata of accepted streams. */
  long heldBytes() {
    return unreadBytes + metadataBytes;
  }

  /** Returns what all streams together hold above their floors. */
  long aboveFloorBytes() {
    return aboveFloorBytes;
  }

  void addUnread(long bytes) {
    unreadBytes += bytes;
    if (unreadBytes < 0) {
      throw new IllegalStateException("more bytes freed than were stored: " + unreadBytes);
    }
  }

  /** Adds metadata of a stream that the application has accepted, or takes it off again. */
  void addMetadata(long bytes) {
    metadataBytes += bytes;
    if (metadataBytes < 0) {
      throw new IllegalStateException("more metadata freed than was held: " + metadataBytes);
    }
  }

  /** Replaces one stream's share of what is held above the floors. */
  void replaceAboveFloor(long oldBytes, long newBytes) {
    aboveFloorBytes += newBytes - oldBytes;
  }

  boolean isFull() {
    return heldBytes() > toleratedBytes();
  }

  boolean refusesStreams() {
    return heldBytes() > toleratedBytes() / 4 * 3;
  }

  /**
   * Returns what is held before somebody suffers for it. Where only the process is short of memory
   * credit that was given before may still be used: no stream of a session that holds little is
   * sacrificed for what other sessions hold.
   */
  private long toleratedBytes() {
    return Math.max(limitBytes, Math.min(configuredBytes, TOLERATED_BYTES));
  }

  /** Returns what a stream holds above its floor. */
  static long aboveFloor(long unread, int creditFrames) {
    return Math.max(0, held(unread, creditFrames) - FLOOR_BYTES);
  }

  /** Returns how many of the wanted frames a stream may be granted, the floor included. */
  int grantable(long unread, int creditFrames, int wantedFrames) {
    long held = held(unread, creditFrames);
    long shared = (limitBytes / 4 * 3 - aboveFloorBytes - metadataBytes) / 2;
    long growth = Math.min(wantedFrames, (shared - held) / WireFormat.DATA_BODY_BYTES);
    return (int) Math.max(growth, floorFrames(unread, creditFrames));
  }

  /** Returns how many frames the floor grants on top of the credit that is out. */
  static int floorFrames(long unread, int creditFrames) {
    long room = (FLOOR_BYTES - held(unread, creditFrames)) / WireFormat.DATA_BODY_BYTES;
    return Math.clamp(room, 0, WireFormat.INITIAL_WINDOW_FRAMES);
  }

  private static long held(long unread, int creditFrames) {
    return unread + (long) creditFrames * WireFormat.DATA_BODY_BYTES;
  }
}
