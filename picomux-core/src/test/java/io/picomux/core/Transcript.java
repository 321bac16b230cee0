package io.picomux.core;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * A recorded session between two Rust peers, as {@code transcripts/README.md} describes the files.
 */
final class Transcript {
  private static final Path FOLDER = Path.of("src/test/resources/transcripts");

  /** A piece of the byte stream of one direction, as one read returned it. */
  static final class Piece {
    final boolean fromOpener;
    final long micros;
    final byte[] bytes;

    Piece(boolean fromOpener, long micros, byte[] bytes) {
      this.fromOpener = fromOpener;
      this.micros = micros;
      this.bytes = bytes;
    }
  }

  private final String name;
  private final Map<String, String> headers = new HashMap<>();
  private final List<Piece> pieces = new ArrayList<>();

  private Transcript(String name, byte[] file) {
    this.name = name;
    ByteBuffer in = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    for (String line = takeLine(in); !line.isEmpty(); line = takeLine(in)) {
      int colon = line.indexOf(':');
      headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
    }
    boolean openerConnected = header("opener").equals("connector");
    while (in.hasRemaining()) {
      boolean fromConnector = in.get() == 0;
      long micros = Integer.toUnsignedLong(in.getInt());
      byte[] bytes = new byte[in.getInt()];
      in.get(bytes);
      pieces.add(new Piece(fromConnector == openerConnected, micros, bytes));
    }
  }

  static Stream<Transcript> all() {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .filter(file -> file.toString().endsWith(".bin"))
          .sorted()
          .map(Transcript::read)
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Transcript read(Path file) {
    try {
      return new Transcript(String.valueOf(file.getFileName()), Files.readAllBytes(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String header(String key) {
    String value = headers.get(key);
    if (value == null) {
      throw new IllegalArgumentException(name + " has no header " + key);
    }
    return value;
  }

  List<Piece> pieces() {
    return pieces;
  }

  /** Returns all bytes of one direction. */
  byte[] bytes(boolean fromOpener) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (Piece piece : pieces) {
      if (piece.fromOpener == fromOpener) {
        all.writeBytes(piece.bytes);
      }
    }
    return all.toByteArray();
  }

  private static String takeLine(ByteBuffer in) {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (byte b = in.get(); b != '\n'; b = in.get()) {
      line.write(b);
    }
    return line.toString(UTF_8);
  }

  @Override
  public String toString() {
    return name;
  }
}
