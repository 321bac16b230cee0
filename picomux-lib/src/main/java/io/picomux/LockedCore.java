package io.picomux;

import io.picomux.core.CoreStream;
import io.picomux.core.MuxConfig;
import io.picomux.core.MuxCore;
import io.picomux.core.ProtocolViolationException;
import io.picomux.engine.SharedMemory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.LongSupplier;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The protocol core of a session behind its lock, with what follows from every stay in it: events
 * of streams, deadlines, answered PINGs, frames to write. Safe for concurrent use.
 *
 * <p>The lock is never held over I/O, over a call of the application's, over a copy of data or
 * while waiting.
 */
final class LockedCore {
  /** What is done under the lock. */
  @FunctionalInterface
  interface Action {
    void run(MuxCore core, long nowNanos) throws ProtocolViolationException;
  }

  private final LongSupplier nanoClock;
  private final long startNanoTime;
  private final SharedMemory memory;
  private final ReentrantLock lock = new ReentrantLock();
  private final Session session;
  private final MuxCore core;

  // Guarded by the lock.
  private boolean delivering;
  private int partialBytes;
  private volatile long pooledBytes;
  private long deadlineNanos = Long.MAX_VALUE;
  private long answeredPings;
  private long alarmNanos = Long.MAX_VALUE;
  private @Nullable Runnable alarm;
  private long probeNanos = Long.MAX_VALUE;

  LockedCore(
      Session session, MuxConfig config, long seed, LongSupplier nanoClock, SharedMemory memory) {
    this.session = session;
    this.nanoClock = nanoClock;
    this.startNanoTime = nanoClock.getAsLong();
    this.memory = memory;
    this.core = new MuxCore(config, seed, 0);
  }

  /** Returns what the session holds unread, as its process counts it. */
  long pooledBytes() {
    return pooledBytes;
  }

  /** Returns what the core says. */
  <T> T ask(Function<MuxCore, T> question) {
    lock.lock();
    try {
      return question.apply(core);
    } finally {
      lock.unlock();
    }
  }

  /** Does something and carries out what follows. A violation ends the session. */
  void enter(Action action) {
    List<StreamEvent> events;
    ProtocolViolationException violation = null;
    boolean write;
    lock.lock();
    try {
      try {
        action.run(core, now());
      } catch (ProtocolViolationException e) {
        violation = e;
      }
      events = takeEvents();
      write = core.wantsToWrite();
    } finally {
      lock.unlock();
    }
    tell(events);
    if (violation != null) {
      session.endByViolation(violation);
    } else if (write) {
      session.requestWrite(0);
    }
  }

  // ---- for the reader

  /**
   * Begins a delivery: until its end, events are left to the reader, so that the end of a stream
   * never overtakes its data.
   *
   * @return false when the session is over, so that there is nothing to deliver to
   */
  boolean beginDelivery(Action action) throws ProtocolViolationException {
    lock.lock();
    try {
      if (core.isEnded()) {
        return false;
      }
      delivering = true;
      action.run(core, now());
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Does something while a delivery is under way. */
  void duringDelivery(Action action) throws ProtocolViolationException {
    lock.lock();
    try {
      action.run(core, now());
    } finally {
      lock.unlock();
    }
  }

  /**
   * Ends a delivery and tells what happened; returns whether there is something to write.
   *
   * @param newPartialBytes what a frame takes that has come in part
   */
  boolean endDelivery(int newPartialBytes) {
    List<StreamEvent> events;
    boolean write;
    lock.lock();
    try {
      delivering = false;
      partialBytes = newPartialBytes;
      events = takeEvents();
      write = core.wantsToWrite();
    } finally {
      lock.unlock();
    }
    tell(events);
    return write;
  }

  // ---- for the writer

  /** Does something; what happened to streams is to be passed to {@link #tell} afterwards. */
  List<StreamEvent> collect(ObjLongConsumer<MuxCore> action) {
    lock.lock();
    try {
      action.accept(core, now());
      return takeEvents();
    } finally {
      lock.unlock();
    }
  }

  /** Carries out what came of the core; called without any lock. */
  void tell(List<StreamEvent> events) {
    for (StreamEvent event : events) {
      event.tell();
    }
    session.tellWaiting();
  }

  // ---- time

  /** Sets what the session does at a later time, instead of what was set before. */
  void setAlarm(long delayNanos, Runnable action) {
    enter((mux, now) -> {
      alarmNanos = after(delayNanos, now);
      alarm = action;
    });
  }

  /** Sets when calls that wait are looked at next, instead of what was set before. */
  void probeAfter(long delayNanos) {
    enter((mux, now) -> probeNanos = after(delayNanos, now));
  }

  private static long after(long delayNanos, long now) {
    return delayNanos > Long.MAX_VALUE - now ? Long.MAX_VALUE : now + delayNanos;
  }

  /**
   * The deadline that was set has come; returns for how long the peer is silent if it counts as
   * dead.
   */
  long onDeadline(WaitWatch waits) {
    long[] deadForNanos = {-1};
    List<Runnable> due = new ArrayList<>(2);
    enter((mux, now) -> {
      deadlineNanos = Long.MAX_VALUE;
      if (now >= alarmNanos && alarm != null) {
        due.add(alarm);
        alarm = null;
        alarmNanos = Long.MAX_VALUE;
      }
      if (now >= probeNanos) {
        due.add(waits::onTime);
        probeNanos = Long.MAX_VALUE;
      }
      if (mux.handleTimeout(now)) {
        deadForNanos[0] = mux.stats(now).silenceNanos();
      }
    });
    due.forEach(Runnable::run);
    return deadForNanos[0];
  }

  private long now() {
    return nanoClock.getAsLong() - startNanoTime;
  }

  /**
   * Collects what streams have to hear, and passes on deadline, answers and memory; under the lock.
   */
  private List<StreamEvent> takeEvents() {
    passOn();
    if (delivering) {
      // Data that came before these events is not in its buffers yet: the reader will take them.
      return List.of();
    }
    List<StreamEvent> events = List.of();
    CoreStream stream;
    while ((stream = core.pollEvent()) != null) {
      if (stream.source() instanceof StreamOutput output) {
        if (events.isEmpty()) {
          events = new ArrayList<>();
        }
        events.add(StreamEvent.take(stream, output.stream()));
        stream.detachIfDone();
      }
    }
    return events;
  }

  private void passOn() {
    long deadline = core.nextDeadlineNanos();
    if (!core.isEnded()) {
      deadline = Math.min(deadline, Math.min(alarmNanos, probeNanos));
    }
    if (deadline < deadlineNanos) {
      deadlineNanos = deadline;
      session.driver().setDeadline(startNanoTime + deadline);
    }
    long answered = core.answeredPings();
    if (answered != answeredPings) {
      answeredPings = answered;
      session.noteAnswer(answered, Duration.ofNanos(core.latencyNanos()));
    }
    long held = core.isEnded() ? 0 : core.heldBytes() + partialBytes;
    if (held != pooledBytes) {
      memory.addUnread(held - pooledBytes);
      pooledBytes = held;
      core.setAvailableBudget(memory.availableBudget(held));
    }
  }
}
