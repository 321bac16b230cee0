package io.picomux.cli.common;

import io.picomux.FrameListener;
import io.picomux.core.Command;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Prints a line for each frame, on a thread of its own: the threads that move the bytes must not
 * wait for a terminal. Frames that come faster than they can be printed are counted instead.
 *
 * <p>Safe for concurrent use.
 */
public final class FrameLog implements AutoCloseable {

  /** Lines that wait to be printed (chosen by judgement: a few megabytes at the worst). */
  private static final int QUEUE_LINES = 20_000;

  /** How long the end of the program waits for what is left to be printed. */
  private static final long CLOSE_MILLIS = 2_000;

  /** The end of the queue: the one string of its identity. */
  private static final String END = new String("end");

  private final Optional<PrintWriter> out;
  private final BlockingQueue<String> lines = new ArrayBlockingQueue<>(QUEUE_LINES);
  private final AtomicLong notShown = new AtomicLong();
  private final Thread printer;

  /** A log that prints on {@code out}, or, when that is empty, none. */
  FrameLog(Optional<PrintWriter> out) {
    this.out = out;
    this.printer = Thread.ofPlatform().daemon().name("picomux-frames").unstarted(this::printAll);
    if (out.isPresent()) {
      printer.start();
    }
  }

  /** Is to be told of the frames; empty when none are to be printed. */
  public Optional<FrameListener> listener() {
    return out.isPresent() ? Optional.of(this::onFrame) : Optional.empty();
  }

  /** Prints what is left, unless that takes too long. */
  @Override
  public void close() {
    if (out.isEmpty()) {
      return;
    }
    boolean interrupted = Thread.interrupted();
    try {
      lines.put(END);
      printer.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** A frame as one line, in the manner of okcurl: {@code << 0x0000000f 12 PSH}. */
  static String line(boolean outgoing, Command command, int streamId, int bodyBytes) {
    return String.format(
        Locale.ROOT, "%s 0x%08x %5d %s", outgoing ? ">>" : "<<", streamId, bodyBytes, command);
  }

  private void onFrame(boolean outgoing, Command command, int streamId, int bodyBytes) {
    if (!lines.offer(line(outgoing, command, streamId, bodyBytes))) {
      notShown.incrementAndGet();
    }
  }

  @SuppressWarnings("ReferenceEquality") // END is told from a line by its identity.
  private void printAll() {
    PrintWriter writer = out.orElseThrow();
    try {
      for (String line = lines.take(); line != END; line = lines.take()) {
        writer.println(line);
        long missed = notShown.getAndSet(0);
        if (missed > 0) {
          writer.println("-- " + missed + " frames not shown: they came too fast");
        }
      }
    } catch (InterruptedException e) {
      // Nobody interrupts this thread to keep it running.
      Thread.currentThread().interrupt();
    }
  }
}
