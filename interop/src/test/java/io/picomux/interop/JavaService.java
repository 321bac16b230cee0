package io.picomux.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonObject;
import io.picomux.MuxStream;
import io.picomux.PicoMux;
import io.picomux.SessionException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The accepting side in Java: does what the metadata of each stream asks, in the language that the
 * peers' {@code --help} teaches, as far as the peers' scenarios speak it. Safe for concurrent use.
 */
final class JavaService {

  private static final Duration PING_LIMIT = Duration.ofSeconds(30);

  /**
   * What became of one stream.
   *
   * @param command the first line of its metadata
   * @param received what was read of it, where the command reads
   * @param failure what cut the work short
   */
  record Served(String command, @Nullable Receipt received, @Nullable IOException failure) {}

  private final PicoMux mux;
  private final boolean losesBytesBeforeFin;
  private final List<Served> served = new CopyOnWriteArrayList<>();
  private final List<MuxStream> accepted = new CopyOnWriteArrayList<>();
  private final Map<String, CompletableFuture<Receipt>> outcomes = new ConcurrentHashMap<>();
  private CountDownLatch readingAllowed = new CountDownLatch(0);

  JavaService(PicoMux mux, CrateVersion peer) {
    this.mux = mux;
    this.losesBytesBeforeFin = peer.losesBytesBeforeFin();
  }

  /** Makes streams that are to be read wait for a latch; before {@link #start()}. */
  JavaService readAfter(CountDownLatch latch) {
    readingAllowed = latch;
    return this;
  }

  /** Accepts streams until the session ends; answers the exception that told of the end. */
  Background<SessionException> start() {
    return Background.start(() -> {
      while (true) {
        MuxStream stream;
        try {
          stream = mux.accept();
        } catch (SessionException end) {
          return end;
        }
        accepted.add(stream);
        Thread.ofVirtual().name("interop-service").start(() -> serve(stream));
      }
    });
  }

  /** What became of the streams that are done, in the order of their ends. */
  List<Served> served() {
    return List.copyOf(served);
  }

  /** What became of the streams with this command that are done. */
  List<Served> served(String command) {
    return served.stream().filter(each -> each.command.equals(command)).toList();
  }

  /** The streams that were accepted, in this order. */
  List<MuxStream> accepted() {
    return List.copyOf(accepted);
  }

  private void serve(MuxStream stream) {
    byte[] metadata = stream.metadata();
    String command = new String(metadata, UTF_8).lines().findFirst().orElse("");
    Receipt[] received = new Receipt[1];
    IOException failure = null;
    try (stream) {
      perform(stream, command, metadata, received);
    } catch (IOException e) {
      failure = e;
    }
    served.add(new Served(command, received[0], failure));
  }

  private void perform(
      MuxStream stream, String command, byte[] metadata, @Nullable Receipt[] received)
      throws IOException {
    String[] words = command.split(" ", -1);
    switch (words[0]) {
      case "echo" -> received[0] = echo(stream, bytes(words));
      case "sink" -> {
        Receipt receipt = read(stream, bytes(words));
        received[0] = receipt;
        keepOutcome(words, receipt);
        stream.outputStream().write(receipt.toWire());
      }
      case "source" -> Transfer.send(stream, Long.parseLong(words[1]), Long.parseLong(words[2]));
      case "half-close" -> {
        Receipt receipt = read(stream, Long.MAX_VALUE);
        received[0] = receipt;
        stream.outputStream().write(receipt.toWire());
        Transfer.send(stream, Long.parseLong(words[1]), Long.parseLong(words[2]));
      }
      case "hold" -> received[0] = Transfer.receiveAll(stream);
      case "result" -> stream.outputStream().write(outcome(words[1]));
      default -> {
        Receipt.Meter meter = new Receipt.Meter();
        meter.add(metadata, 0, metadata.length);
        String answer = metadata.length + " " + meter.receipt().sha256() + "\n";
        stream.outputStream().write(answer.getBytes(UTF_8));
      }
    }
    finish(stream, words[words.length - 1].equals("wait"));
  }

  private void finish(MuxStream stream, boolean peerFirst) throws IOException {
    if (peerFirst) {
      Transfer.receiveAll(stream);
      return;
    }
    if (losesBytesBeforeFin) {
      // The peer then takes what was written out of the connection well before our FIN.
      mux.ping(PING_LIMIT);
    }
    stream.shutdownOutputNow();
    Transfer.receiveAll(stream);
  }

  private Receipt echo(MuxStream stream, long bytes) throws IOException {
    awaitReadingAllowed();
    Receipt.Meter meter = new Receipt.Meter();
    InputStream input = stream.inputStream();
    OutputStream output = stream.outputStream();
    byte[] chunk = new byte[Transfer.CHUNK_BYTES];
    for (long left = bytes; left > 0; ) {
      int count = input.read(chunk, 0, (int) Math.min(left, chunk.length));
      if (count < 0) {
        break;
      }
      meter.add(chunk, 0, count);
      output.write(chunk, 0, count);
      left -= count;
    }
    return meter.receipt();
  }

  private Receipt read(MuxStream stream, long maxBytes) throws IOException {
    awaitReadingAllowed();
    return Transfer.receive(stream, maxBytes);
  }

  private void awaitReadingAllowed() throws IOException {
    try {
      readingAllowed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while reading was not allowed", e);
    }
  }

  /** The number after the verb; everything to the end of file where there is none. */
  private static long bytes(String[] words) {
    return words.length > 1 && Character.isDigit(words[1].charAt(0))
        ? Long.parseLong(words[1])
        : Long.MAX_VALUE;
  }

  private void keepOutcome(String[] words, Receipt receipt) {
    for (String word : words) {
      if (word.startsWith("as=")) {
        outcomeOf(word.substring("as=".length())).complete(receipt);
      }
    }
  }

  private CompletableFuture<Receipt> outcomeOf(String key) {
    return outcomes.computeIfAbsent(key, name -> new CompletableFuture<>());
  }

  private byte[] outcome(String key) throws IOException {
    try {
      Receipt receipt = outcomeOf(key).get();
      JsonObject json = new JsonObject();
      json.addProperty("bytes", receipt.bytes());
      json.addProperty("sha256", receipt.sha256());
      return (json + "\n").getBytes(UTF_8);
    } catch (ExecutionException e) {
      throw new IllegalStateException("outcomes never fail", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while waiting for an outcome", e);
    }
  }
}
