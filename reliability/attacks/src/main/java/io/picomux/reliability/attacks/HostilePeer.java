package io.picomux.reliability.attacks;

import io.picomux.core.Command;
import io.picomux.core.FrameDecoder;
import io.picomux.core.ProtocolViolationException;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A peer on a raw socket that sends what an attack says, within the attack's bounds. It reads
 * nothing until {@link #readAnswers}, after which a thread of its own takes and counts what the
 * victim sends.
 *
 * <p>One thread sends. A send fails with an {@link IOException} once the victim has closed the
 * connection, which is how many attacks end. An interrupt closes the connection.
 *
 * <pre>{@code
 * byte[] pings = new FrameBuffer().ping("[1]").repeated(64 << 10);
 * while (peer.mayGoOn()) {
 *   peer.send(pings);
 * }
 * }</pre>
 */
public final class HostilePeer implements AutoCloseable {
  private static final int READ_BYTES = 64 << 10;

  /**
   * What the system takes of the victim's answers while nobody reads them: little, so that they
   * soon wait with the victim.
   */
  private static final int RECEIVE_BUFFER_BYTES = 64 << 10;

  /**
   * Ids of streams that the victim opened or that it granted credit for, for attacks that answer.
   */
  private static final int REMEMBERED_FRAMES = 100_000;

  /** How long an answer is waited for: far longer than any machine needs. */
  private static final long ANSWER_LIMIT_SECONDS = 20;

  /**
   * A frame of the victim's, without its body.
   *
   * @param creditFrames what a MORE grants, 0 for every other frame
   */
  public record Answer(Command command, int streamId, int bodyBytes, int creditFrames) {}

  private final SocketChannel channel;
  private final AttackBounds bounds;
  private final @Nullable Tape tape;
  private final int localPort;
  private final long startNanoTime = System.nanoTime();
  private final Map<Command, AtomicLong> received = new EnumMap<>(Command.class);
  private final BlockingQueue<Answer> answers = new ArrayBlockingQueue<>(REMEMBERED_FRAMES);
  private final AtomicLong receivedCredit = new AtomicLong();
  private @Nullable Thread reader;
  private volatile boolean ended;
  private volatile boolean keepsAnswers;
  private long sentBytes;

  private HostilePeer(SocketChannel channel, AttackBounds bounds, @Nullable Tape tape)
      throws IOException {
    this.channel = channel;
    this.bounds = bounds;
    this.tape = tape;
    this.localPort = ((InetSocketAddress) channel.getLocalAddress()).getPort();
    for (Command command : Command.values()) {
      received.put(command, new AtomicLong());
    }
  }

  /**
   * Connects.
   *
   * @param tape takes down what is sent, or null
   */
  public static HostilePeer connect(
      InetSocketAddress victim, AttackBounds bounds, @Nullable Tape tape) throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER_BYTES).connect(victim);
    } catch (IOException e) {
      channel.close();
      throw e;
    }
    if (tape != null) {
      tape.onConnect();
    }
    return new HostilePeer(channel, bounds, tape);
  }

  /** Connects, with the bounds of tests. */
  public static HostilePeer connect(InetSocketAddress victim) throws IOException {
    return connect(victim, AttackBounds.SHORT, null);
  }

  /** Returns the port by which the victim knows this peer. */
  public int localPort() {
    return localPort;
  }

  /** Returns how many bytes were handed to the socket. */
  public long sentBytes() {
    return sentBytes;
  }

  /** Returns whether neither the time nor the bytes are used up and the victim has not closed. */
  public boolean mayGoOn() {
    return !ended
        && sentBytes < bounds.bytes()
        && System.nanoTime() - startNanoTime < bounds.duration().toNanos();
  }

  /**
   * Sends bytes, all of them even when that exceeds the bounds; the array must not change later.
   */
  public void send(byte[] bytes) throws IOException {
    ByteBuffer left = ByteBuffer.wrap(bytes);
    try {
      send(left);
    } finally {
      if (tape != null && left.position() > 0) {
        tape.onSent(bytes, left.position());
      }
    }
  }

  /** Sends bytes that are on no tape, or were on one before. */
  void send(ByteBuffer bytes) throws IOException {
    int before = bytes.remaining();
    try {
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
    } finally {
      sentBytes += before - bytes.remaining();
    }
  }

  /** Sends what a buffer holds. */
  public void send(FrameBuffer frames) throws IOException {
    send(frames.toBytes());
  }

  /** Sends the same bytes again and again until the bounds are reached. */
  public void flood(byte[] bytes) throws IOException {
    while (mayGoOn()) {
      send(bytes);
    }
  }

  /** Returns once the victim has taken in all that was sent before: it has answered a PING. */
  public void roundTrip() throws IOException, InterruptedException {
    readAnswers();
    long before = received(Command.PONG);
    send(new FrameBuffer().ping("{\"next_ping_in_ms\":1800000}"));
    awaitReceived(Command.PONG, before + 1);
  }

  /** Takes and counts from now on what the victim sends; does nothing when called again. */
  public void readAnswers() {
    if (reader == null) {
      // A hundred of them a second must cost next to nothing: it is the victim that is measured.
      reader = Thread.ofVirtual().name("hostile-reader").start(this::read);
    }
  }

  private void read() {
    FrameDecoder decoder = new FrameDecoder();
    ByteBuffer buffer = ByteBuffer.allocate(READ_BYTES);
    try {
      while (channel.read(buffer.clear()) >= 0) {
        decode(decoder, buffer.flip());
        synchronized (received) {
          received.notifyAll();
        }
      }
    } catch (IOException e) {
      // The connection is over, by the victim or by us.
    } catch (ProtocolViolationException e) {
      throw new AssertionError("the victim itself broke the protocol", e);
    } finally {
      ended = true;
      synchronized (received) {
        received.notifyAll();
      }
    }
  }

  private void decode(FrameDecoder decoder, ByteBuffer bytes) throws ProtocolViolationException {
    while (true) {
      switch (decoder.next(bytes)) {
        case NEED_INPUT -> {
          return;
        }
        case CONTROL, DATA_START -> note(decoder);
        case DATA -> bytes.position(bytes.position() + decoder.dataBytes());
      }
    }
  }

  private void note(FrameDecoder decoder) {
    int creditFrames =
        decoder.command() == Command.MORE
            ? (decoder.body()[0] & 0xFF) | (decoder.body()[1] & 0xFF) << 8
            : 0;
    if (keepsAnswers) {
      // What nobody takes is only counted once the queue is full.
      answers.offer(
          new Answer(decoder.command(), decoder.streamId(), decoder.bodyBytes(), creditFrames));
    }
    receivedCredit.addAndGet(creditFrames);
    counter(decoder.command()).incrementAndGet();
  }

  private AtomicLong counter(Command command) {
    AtomicLong counter = received.get(command);
    if (counter == null) {
      throw new IllegalStateException("no counter for " + command);
    }
    return counter;
  }

  /** Returns how many frames of a kind have come. */
  public long received(Command command) {
    return counter(command).get();
  }

  /**
   * Waits until so many frames of a kind have come in all.
   *
   * @throws IOException when the connection ends before, or they do not come within 20 seconds
   */
  public void awaitReceived(Command command, long count) throws IOException, InterruptedException {
    await(command + " frames", () -> received(command), count);
  }

  /** Returns the credit of all MORE frames that have come, for whatever streams. */
  public long receivedCredit() {
    return receivedCredit.get();
  }

  /**
   * Waits until so much credit has come in all.
   *
   * @throws IOException as {@link #awaitReceived}
   */
  public void awaitCredit(long frames) throws IOException, InterruptedException {
    await("frames of credit", this::receivedCredit, frames);
  }

  private void await(String what, LongSupplier figure, long wanted)
      throws IOException, InterruptedException {
    readAnswers();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(ANSWER_LIMIT_SECONDS);
    synchronized (received) {
      while (figure.getAsLong() < wanted) {
        long leftMillis = (deadline - System.nanoTime()) / 1_000_000;
        if (ended || leftMillis <= 0) {
          throw new IOException(
              figure.getAsLong()
                  + " "
                  + what
                  + " came instead of "
                  + wanted
                  + (ended ? ", then the connection ended" : ""));
        }
        received.wait(leftMillis);
      }
    }
  }

  /** Takes, counts and keeps from now on what the victim sends, for {@link #pollAnswer}. */
  public void keepAnswers() {
    keepsAnswers = true;
    readAnswers();
  }

  /** Takes the next frame that was kept, or null when there is none. */
  public @Nullable Answer pollAnswer() {
    return answers.poll();
  }

  /** Waits until the victim has closed the connection; what it still sends is discarded. */
  public void awaitEnd() throws IOException, InterruptedException {
    if (tape != null) {
      tape.onAwaitEnd();
    }
    readAnswers();
    Thread reading = reader;
    if (reading != null && !reading.join(Duration.ofSeconds(ANSWER_LIMIT_SECONDS))) {
      throw new IOException("the victim did not close the connection");
    }
  }

  /** Ends this side's direction; the other stays open. */
  public void endOutput() throws IOException {
    channel.shutdownOutput();
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
