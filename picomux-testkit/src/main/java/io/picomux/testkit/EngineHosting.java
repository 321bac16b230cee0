package io.picomux.testkit;

import io.picomux.PicoMux;
import io.picomux.PicoMuxBuilder;
import io.picomux.core.FrameDecoder;
import io.picomux.core.ProtocolViolationException;
import io.picomux.engine.Engine;
import io.picomux.engine.EngineAccess;
import io.picomux.engine.EngineHost;
import io.picomux.engine.SharedMemory;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What a session of the library has in a simulation instead of a process and a connection. Not
 * thread-safe.
 */
final class EngineHosting implements EngineHost, LinkEnd {
  /** What is encoded at once: as much as the library encodes for a socket. */
  private static final int ROUND_BYTES = 64 << 10;

  private final String name;
  private final Simulation simulation;
  private final VirtualClock clock;
  private final long seed;
  private final Outlet out;
  private final Runnable onClosed;
  private final FrameDecoder sent = new FrameDecoder();
  private final ByteBuffer buffer = ByteBuffer.allocate(ROUND_BYTES + Engine.LONGEST_FRAME_BYTES);
  private @Nullable Engine engine;
  private boolean writeWanted;
  private boolean shutdownWanted;
  private boolean outputEnded;
  private boolean inputEnded;
  private boolean closed;
  private long wakeUpNanos = Long.MAX_VALUE;
  private long suspendedUntilNanos;
  private final ArrayDeque<Consumer<Engine>> waiting = new ArrayDeque<>();

  /**
   * Creates a host for one session.
   *
   * @param onClosed is told when the session has closed its end of the transport
   */
  EngineHosting(String name, Simulation simulation, long seed, Outlet out, Runnable onClosed) {
    this.name = name;
    this.simulation = simulation;
    this.clock = simulation.clock();
    this.seed = seed;
    this.out = out;
    this.onClosed = onClosed;
  }

  PicoMux begin(PicoMuxBuilder builder) {
    Executor executor = task -> whenAwake(simulation.callbackNanos(), task);
    try {
      return (PicoMux) EngineAccess.begin(builder.copy().executor(executor), this);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean isClosed() {
    return closed;
  }

  /** Lets the process of this end stand still for a while; what comes meanwhile waits for it. */
  void suspend(long nanos) {
    suspendedUntilNanos = Math.max(suspendedUntilNanos, clock.later(nanos));
    // The worst order: what is overdue is done before what has come is looked at.
    clock.at(suspendedUntilNanos, this::onTime);
  }

  /** Runs something at a time, or when the process runs again. */
  private void whenAwake(long atNanos, Runnable action) {
    clock.at(
        Math.max(atNanos, suspendedUntilNanos),
        () -> {
          if (clock.nowNanos() < suspendedUntilNanos) {
            whenAwake(suspendedUntilNanos, action);
          } else {
            action.run();
          }
        });
  }

  /** What comes while the process stands still waits, and what comes behind it, in its order. */
  private void enter(Consumer<Engine> call) {
    if (waiting.isEmpty() && clock.nowNanos() >= suspendedUntilNanos) {
      act(call);
      return;
    }
    if (waiting.isEmpty()) {
      whenAwake(suspendedUntilNanos, this::enterWaiting);
    }
    waiting.add(call);
  }

  private void enterWaiting() {
    while (!waiting.isEmpty()) {
      act(waiting.remove());
    }
  }

  private void act(Consumer<Engine> call) {
    if (!closed && engine != null) {
      call.accept(engine);
    }
  }

  // ---- for the link

  @Override
  public void onBytes(ByteBuffer bytes) {
    enter(to -> to.onInput(bytes));
  }

  @Override
  public void onEnd() {
    enter(to -> {
      if (!inputEnded) {
        inputEnded = true;
        to.onInputEnd();
      }
    });
  }

  @Override
  public void onRoom() {
    requestWrite();
  }

  @Override
  public void onFailure(IOException cause) {
    enter(to -> to.onTransportFailure(cause));
  }

  // ---- for the engine

  @Override
  public long nanoTime() {
    return clock.nowNanos();
  }

  @Override
  public SharedMemory memory() {
    return simulation.memory();
  }

  @Override
  public long nextSeed() {
    return seed;
  }

  @Override
  public void start(Engine theEngine) {
    engine = theEngine;
  }

  @Override
  public void requestWrite() {
    if (!writeWanted && !closed) {
      writeWanted = true;
      whenAwake(clock.nowNanos(), this::write);
    }
  }

  private void write() {
    writeWanted = false;
    if (closed || outputEnded || engine == null || !out.hasRoom()) {
      return;
    }
    engine.fill(buffer.clear(), ROUND_BYTES);
    if (buffer.flip().hasRemaining()) {
      byte[] frames = new byte[buffer.remaining()];
      buffer.get(frames);
      note(frames);
      out.send(frames);
      requestWrite();
      return;
    }
    engine.onDrained();
    if (shutdownWanted && !outputEnded) {
      outputEnded = true;
      out.end();
    }
  }

  private void note(byte[] frames) {
    ByteBuffer bytes = ByteBuffer.wrap(frames);
    try {
      FrameDecoder.Step step;
      while ((step = sent.next(bytes)) != FrameDecoder.Step.NEED_INPUT) {
        if (step == FrameDecoder.Step.DATA) {
          bytes.position(bytes.position() + sent.dataBytes());
        } else {
          simulation.transcript.add(name, sent.command(), sent.streamId(), sent.bodyBytes());
        }
      }
    } catch (ProtocolViolationException e) {
      throw new IllegalStateException(name + " has sent what is no frame", e);
    }
  }

  @Override
  public void setDeadline(long nanoTime) {
    wakeUpNanos = nanoTime;
    clock.at(nanoTime, this::onTime);
  }

  private void onTime() {
    if (clock.nowNanos() < suspendedUntilNanos) {
      whenAwake(suspendedUntilNanos, this::onTime);
    } else if (clock.nowNanos() >= wakeUpNanos) {
      wakeUpNanos = Long.MAX_VALUE;
      act(Engine::onDeadline);
    }
  }

  @Override
  public void shutdownOutput() {
    shutdownWanted = true;
    requestWrite();
  }

  @Override
  public void close() {
    if (!closed) {
      closed = true;
      onClosed.run();
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
