package io.picomux.reliability.attacks.victim;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.picomux.MuxStream;
import io.picomux.PicoMux;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The application of a victim: does with a stream what its metadata says, which is {@code VERB
 * ARGUMENT…}, and anything after a line feed. The words are those of the Rust peers of the module
 * interop, with some that only a careless application would know:
 *
 * <pre>
 *   echo N wait       sends N bytes back, waits for the end of file, closes
 *   sink              reads to the end of file, closes
 *   source N SEED     sends N bytes, closes
 *   push N            sends N bytes in small writes, closes
 *   hold KEY          keeps the stream and never touches it
 *   answer            keeps the stream and sends back what comes, without a thread for it
 *   gone              drops the stream at once
 *   leak              forgets the stream without closing it
 *   throw             throws from the thread that serves the stream
 *   callback-throw    throws from the stream's onReadable and onRead listeners
 *   never-accept      keeps the stream, and accepts no other of this session
 *   handler-throw     throws from the handler of the session
 * </pre>
 *
 * <p>Any other metadata, the empty one included, means {@code gone}. Safe for concurrent use.
 */
final class StreamService {
  private static final int CHUNK_BYTES = 64 << 10;

  /** So little that thousands of writers that wait hold next to nothing of their own. */
  private static final int SMALL_CHUNK_BYTES = 1 << 10;

  private static final int ANSWER_BYTES = 64;

  private final AtomicLong acceptedStreams = new AtomicLong();

  long acceptedStreams() {
    return acceptedStreams.get();
  }

  /** Serves one session to its end. */
  void serve(PicoMux session) throws Exception {
    List<MuxStream> held = new ArrayList<>();
    try {
      serve(session, held);
    } finally {
      held.forEach(MuxStream::close);
    }
  }

  private void serve(PicoMux session, List<MuxStream> held) throws Exception {
    while (true) {
      MuxStream stream = session.accept();
      acceptedStreams.incrementAndGet();
      String[] words = words(stream.metadata());
      switch (words[0]) {
        case "hold" -> held.add(stream);
        case "answer" -> {
          held.add(stream);
          stream.onReadable(() -> answer(stream));
        }
        case "leak" -> {
          // Nothing refers to it from here on.
        }
        case "never-accept" -> {
          held.add(stream);
          session.awaitTermination();
        }
        case "handler-throw" -> throw new IllegalStateException("thrown by the handler on request");
        case "callback-throw" -> {
          held.add(stream);
          throwInCallbacks(stream);
        }
        case "echo", "sink", "source", "push", "throw" ->
            Thread.ofVirtual().name("service").start(() -> serveOne(stream, words));
        default -> stream.close();
      }
    }
  }

  /** The first line of metadata in words; of the rest of a long one nothing is looked at. */
  private static String[] words(byte[] metadata) {
    String text = new String(metadata, 0, Math.min(metadata.length, 100), UTF_8);
    return text.lines().findFirst().orElse("").strip().split(" ");
  }

  /** Sends back what has come; so little that there is room for it. */
  private static void answer(MuxStream stream) {
    ByteBuffer bytes = ByteBuffer.allocate(ANSWER_BYTES);
    try {
      while (stream.tryRead(bytes.clear()) > 0) {
        int unused = stream.tryWrite(bytes.flip());
      }
    } catch (IOException e) {
      // The peer has ended the stream or the session before its time; the session says which.
      stream.reset();
    }
  }

  private static void throwInCallbacks(MuxStream stream) {
    stream.onRead(bytes -> {
      throw new IllegalStateException("thrown by onRead on request");
    });
    stream.onReadable(() -> {
      throw new AssertionError("thrown by onReadable on request");
    });
  }

  private static void serveOne(MuxStream stream, String[] words) {
    if (words[0].equals("throw")) {
      throw new IllegalStateException("thrown by the thread of a stream on request");
    }
    try (stream) {
      switch (words[0]) {
        case "echo" -> echo(stream, Long.parseLong(words[1]));
        case "source" -> source(stream, Long.parseLong(words[1]), Long.parseLong(words[2]));
        case "push" -> push(stream, Long.parseLong(words[1]));
        default -> drain(stream, new byte[CHUNK_BYTES]);
      }
    } catch (IOException e) {
      // The peer has ended the stream or the session before its time; the session says which.
      return;
    }
  }

  private static void echo(MuxStream stream, long bytes) throws IOException {
    byte[] chunk = new byte[(int) Math.min(bytes, CHUNK_BYTES)];
    long left = bytes;
    while (left > 0) {
      int count = stream.read(chunk, 0, (int) Math.min(left, chunk.length));
      if (count < 0) {
        return;
      }
      stream.write(chunk, 0, count);
      left -= count;
    }
    drain(stream, new byte[CHUNK_BYTES]);
  }

  private static void drain(MuxStream stream, byte[] chunk) throws IOException {
    while (stream.read(chunk, 0, chunk.length) >= 0) {
      // What comes after the last wanted byte is of no interest.
    }
  }

  private static void push(MuxStream stream, long bytes) throws IOException {
    byte[] chunk = new byte[SMALL_CHUNK_BYTES];
    for (long left = bytes; left > 0; left -= chunk.length) {
      stream.write(chunk, 0, (int) Math.min(left, chunk.length));
    }
  }

  private static void source(MuxStream stream, long bytes, long seed) throws IOException {
    SplittableRandom random = new SplittableRandom(seed);
    byte[] chunk = new byte[(int) Math.min(bytes, CHUNK_BYTES)];
    for (long left = bytes; left > 0; left -= chunk.length) {
      random.nextBytes(chunk);
      stream.write(chunk, 0, (int) Math.min(left, chunk.length));
    }
  }
}
