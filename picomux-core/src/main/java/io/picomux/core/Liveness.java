package io.picomux.core;

/**
 * Decides when to send a PING and when the peer counts as dead. Not thread-safe. All times are
 * nanoseconds since the session began.
 *
 * <p>At most one PING is unanswered at a time and at most one more waits for its turn, as in the
 * crate. Incoming bytes are life: the deadline of a PING runs from the last byte that came after it
 * was asked for, so a slow link with a long queue before the PONG is not taken for a dead one.
 *
 * <p>Only silence that was listened to counts. A machine that sleeps and a process that is stopped
 * find their deadlines long past when they go on, with what the peer has sent still on its way:
 * while a PING is out, this therefore wants to look at the time now and then, and what a look comes
 * too late is added to the deadline.
 */
final class Liveness {
  /**
   * How often the time is looked at within one timeout; chosen by judgement: a sleep costs the peer
   * at most two parts of it, and a PING that is answered at once costs one look.
   */
  private static final int LOOKS = 8;

  private LivenessConfig config;
  private boolean requested;
  private boolean outstanding;
  private long askedNanos;
  private long sentNanos;
  private long lastByteNanos;
  private long nextPingNanos;
  private long latencyNanos = -1;
  private long pingsSent;
  private long pongsReceived;
  private long unsolicitedPongs;
  private long lastLookNanos;
  private long missedNanos;

  Liveness(LivenessConfig config, long nowNanos) {
    this.config = config;
    this.lastByteNanos = nowNanos;
    request(nowNanos);
  }

  LivenessConfig config() {
    return config;
  }

  void setConfig(LivenessConfig config, long nowNanos) {
    this.config = config;
    request(nowNanos);
  }

  /**
   * Asks for a PING, now or when the one that is out has been answered.
   *
   * @return the number of the PING that serves this request; it is answered when {@link
   *     #pongsReceived()} has reached it
   */
  long request(long nowNanos) {
    if (!requested) {
      requested = true;
      askedNanos = nowNanos;
      if (!outstanding) {
        listen(nowNanos);
      }
      scheduleNext(nowNanos);
    }
    return pingsSent + 1;
  }

  /**
   * A call has waited for long: asks for a PING unless a byte came lately or a PING is under way.
   */
  void probe(long nowNanos) {
    if (!outstanding && !requested && nowNanos - lastByteNanos >= config.waitProbeNanos()) {
      request(nowNanos);
    }
  }

  boolean pingDue() {
    return requested && !outstanding;
  }

  void onPingSent(long nowNanos) {
    requested = false;
    outstanding = true;
    sentNanos = nowNanos;
    listen(nowNanos);
    pingsSent++;
  }

  void onBytes(long nowNanos) {
    lastByteNanos = nowNanos;
    listen(nowNanos);
  }

  /** Returns whether the PONG answers a PING of ours; another is only counted. */
  boolean onPong(long nowNanos) {
    if (!outstanding) {
      unsolicitedPongs++;
      return false;
    }
    outstanding = false;
    latencyNanos = nowNanos - sentNanos;
    pongsReceived++;
    if (requested) {
      askedNanos = nowNanos;
      listen(nowNanos);
    }
    scheduleNext(nowNanos);
    return true;
  }

  /** Returns when {@link #onTimeout} wants to be called. */
  long deadlineNanos() {
    return outstanding || requested ? Math.min(deathNanos(), nextLookNanos()) : nextPingNanos;
  }

  /** Returns whether the peer counts as dead; asks for the periodic PING when that is due. */
  boolean onTimeout(long nowNanos) {
    if (outstanding || requested) {
      long lateNanos = nowNanos - deadlineNanos();
      if (lateNanos > config.timeoutNanos() / LOOKS) {
        missedNanos += lateNanos;
      }
      lastLookNanos = nowNanos;
      return nowNanos >= deathNanos();
    }
    if (nowNanos >= nextPingNanos) {
      request(nowNanos);
    }
    return false;
  }

  /** Returns the round trip of the last answered PING, or -1 before the first. */
  long latencyNanos() {
    return latencyNanos;
  }

  long pongsReceived() {
    return pongsReceived;
  }

  long unsolicitedPongs() {
    return unsolicitedPongs;
  }

  /** Returns how long ago the last byte of the peer came. */
  long silenceNanos(long nowNanos) {
    return nowNanos - lastByteNanos;
  }

  private long deathNanos() {
    long since = Math.max(outstanding ? sentNanos : askedNanos, lastByteNanos);
    return saturatedAdd(saturatedAdd(since, config.timeoutNanos()), missedNanos);
  }

  private long nextLookNanos() {
    if (deathNanos() == Long.MAX_VALUE) {
      return Long.MAX_VALUE;
    }
    return saturatedAdd(lastLookNanos, Math.max(1, config.timeoutNanos() / LOOKS));
  }

  /** Silence begins anew. */
  private void listen(long nowNanos) {
    lastLookNanos = nowNanos;
    missedNanos = 0;
  }

  private void scheduleNext(long nowNanos) {
    nextPingNanos = saturatedAdd(nowNanos, config.pingIntervalNanos());
  }

  static long saturatedAdd(long nowNanos, long spanNanos) {
    return spanNanos > Long.MAX_VALUE - nowNanos ? Long.MAX_VALUE : nowNanos + spanNanos;
  }
}
