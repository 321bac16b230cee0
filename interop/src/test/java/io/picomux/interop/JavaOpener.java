package io.picomux.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.picomux.MuxStream;
import io.picomux.PicoMux;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The opening side in Java: streams whose metadata asks a peer for something, in the language that
 * the peers' {@code --help} teaches. Safe for concurrent use.
 */
final class JavaOpener {

  private final PicoMux mux;
  private final AtomicLong keys = new AtomicLong();

  JavaOpener(PicoMux mux) {
    this.mux = mux;
  }

  MuxStream open(String command) throws IOException {
    return mux.open(command.getBytes(UTF_8));
  }

  /** A key that no other stream of this opener has. */
  String newKey() {
    return "key-" + keys.incrementAndGet();
  }

  /** Sends bytes and reads them back; both sides' digests must be that of what was sent. */
  void echo(long bytes, long seed) throws IOException {
    echo(bytes, seed, Transfer.CHUNK_BYTES);
  }

  /** As {@link #echo(long, long)}, written in pieces. */
  void echo(long bytes, long seed, int pieceBytes) throws IOException {
    String key = newKey();
    Receipt expected = Receipt.ofSeed(seed, bytes);
    try (MuxStream stream = open("echo " + bytes + " as=" + key + " wait")) {
      Background<Receipt> sending =
          Background.start(() -> {
            Transfer.send(stream, bytes, seed, pieceBytes);
            return expected;
          });
      assertThat(Transfer.receive(stream, bytes)).isEqualTo(sending.result());
    }
    assertThat(received(key)).isEqualTo(expected);
  }

  /** Sends bytes, which the peer must have received in full. */
  void sink(long bytes, long seed) throws IOException {
    try (MuxStream stream = open("sink " + bytes + " wait")) {
      Transfer.send(stream, bytes, seed);
      assertThat(Receipt.fromWire(stream.inputStream())).isEqualTo(Receipt.ofSeed(seed, bytes));
    }
  }

  /** Lets the peer send bytes, which must come in full, with the end of file after the last. */
  void source(long bytes, long seed) throws IOException {
    try (MuxStream stream = open("source " + bytes + " " + seed)) {
      assertThat(Transfer.receiveAll(stream)).isEqualTo(Receipt.ofSeed(seed, bytes));
    }
  }

  /** Makes the stream held under a key do a command. */
  void tell(String key, String command) throws IOException {
    assertThat(ask("tell " + key + " " + command)).isEqualTo("ok");
  }

  /** Opens a stream with a command that is answered by one line. */
  String ask(String command) throws IOException {
    try (MuxStream stream = open(command)) {
      return Transfer.readLine(stream);
    }
  }

  /** What the peer has read of the stream opened with this key, once that has ended. */
  Receipt received(String key) throws IOException {
    JsonObject outcome = JsonParser.parseString(ask("result " + key)).getAsJsonObject();
    assertThat(outcome.get("bytes").isJsonNull()).as(outcome.toString()).isFalse();
    return new Receipt(outcome.get("bytes").getAsLong(), outcome.get("sha256").getAsString());
  }
}
