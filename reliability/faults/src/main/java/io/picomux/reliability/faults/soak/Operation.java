package io.picomux.reliability.faults.soak;

import io.picomux.MuxStream;
import io.picomux.PicoMux;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Random;

/** What workers do with a session. Each checks every byte; what does not fit is an error. */
enum Operation {
  /** Sends bytes and hears that all have come. */
  UPLOAD {
    @Override
    void run(PicoMux session, Random random) throws IOException {
      Request request = request(Request.Kind.SINK, size(random), random);
      try (MuxStream stream = session.open(request.toMetadata())) {
        send(stream, request, random);
        stream.shutdownOutput();
        expect(request.bytes(), readLong(stream), "bytes that the server took");
      }
    }
  },

  /** Takes bytes, now and then with a pause, to the end of file. */
  DOWNLOAD {
    @Override
    void run(PicoMux session, Random random) throws IOException {
      Request request = request(Request.Kind.SOURCE, size(random), random);
      try (MuxStream stream = session.open(request.toMetadata())) {
        expect(request.bytes(), take(stream, request, random), "bytes before the end of file");
      }
    }
  },

  /** Small messages to and fro. */
  PING_PONG {
    @Override
    void run(PicoMux session, Random random) throws IOException {
      try (MuxStream stream = session.open(request(Request.Kind.ECHO, 0, random).toMetadata())) {
        for (int i = 0; i < 50; i++) {
          roundTrip(stream, 1 + random.nextInt(200), random.nextLong());
        }
      }
    }
  },

  /** Many streams that carry a byte each. */
  SHORT_STREAMS {
    @Override
    void run(PicoMux session, Random random) throws IOException {
      for (int i = 0; i < 50; i++) {
        try (MuxStream stream = session.open(request(Request.Kind.ECHO, 0, random).toMetadata())) {
          roundTrip(stream, 1, random.nextLong());
        }
      }
    }
  },

  /** Closes right after writing: not one byte may be lost. */
  TAIL {
    @Override
    void run(PicoMux session, Random random) throws IOException {
      Request request = request(Request.Kind.TAIL, random.nextInt(300_000), random);
      try (MuxStream stream = session.open(request.toMetadata())) {
        send(stream, request, random);
      }
      Request question = new Request(Request.Kind.TOLD, 0, request.seed());
      try (MuxStream stream = session.open(question.toMetadata())) {
        expect(request.bytes(), readLong(stream), "bytes that came before the close");
      }
    }
  },

  /** Goes away in the middle. */
  RESET {
    @Override
    void run(PicoMux session, Random random) throws IOException {
      Request request = request(Request.Kind.SOURCE, 2_000_000, random);
      MuxStream stream = session.open(request.toMetadata());
      byte[] buffer = new byte[8192];
      int n = stream.inputStream().readNBytes(buffer, 0, random.nextInt(buffer.length));
      expect(-1, Pattern.mismatch(buffer, n, request.seed(), 0), "place of a wrong byte");
      if (random.nextBoolean()) {
        stream.reset();
      } else {
        stream.close();
      }
    }
  },

  /** A read that times out loses nothing. */
  TIME_OUT {
    @Override
    void run(PicoMux session, Random random) throws IOException {
      try (MuxStream stream = session.open(request(Request.Kind.ECHO, 0, random).toMetadata())) {
        stream.setReadTimeout(Duration.ofMillis(1 + random.nextInt(20)));
        try {
          throw new WrongResultException("a byte came that nobody has sent: " + readByte(stream));
        } catch (SocketTimeoutException e) {
          stream.setReadTimeout(Duration.ZERO);
        }
        roundTrip(stream, 1000, random.nextLong());
      }
    }
  },

  /** An interrupted read leaves the stream as it was. */
  INTERRUPT {
    @Override
    void run(PicoMux session, Random random) throws IOException {
      try (MuxStream stream = session.open(request(Request.Kind.ECHO, 0, random).toMetadata())) {
        Thread.currentThread().interrupt();
        try {
          throw new WrongResultException("a byte came that nobody has sent: " + readByte(stream));
        } catch (InterruptedIOException e) {
          if (!Thread.interrupted()) {
            throw new WrongResultException("the interrupt got lost", e);
          }
        }
        roundTrip(stream, 1000, random.nextLong());
      }
    }
  };

  /** A result that no fault of a link excuses. */
  static final class WrongResultException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    WrongResultException(String message) {
      super(message);
    }

    WrongResultException(String message, Throwable cause) {
      super(message, cause);
    }
  }

  private static final int BUFFER_BYTES = 32 << 10;

  /**
   * Does it once.
   *
   * @throws IOException when the session or the stream ends
   */
  abstract void run(PicoMux session, Random random) throws IOException;

  private static Request request(Request.Kind kind, long bytes, Random random) {
    return new Request(kind, bytes, random.nextLong());
  }

  /** Mostly some kilobytes, now and then megabytes, sometimes nothing. */
  private static int size(Random random) {
    return switch (random.nextInt(10)) {
      case 0 -> 0;
      case 1, 2, 3, 4 -> random.nextInt(20_000);
      case 5, 6, 7, 8 -> random.nextInt(500_000);
      default -> random.nextInt(5_000_000);
    };
  }

  static void send(MuxStream stream, Request request, Random random) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    long sent = 0;
    while (sent < request.bytes()) {
      int n = (int) Math.min(1 + random.nextInt(buffer.length), request.bytes() - sent);
      Pattern.fill(buffer, n, request.seed(), sent);
      stream.write(buffer, 0, n);
      sent += n;
    }
  }

  private static long take(MuxStream stream, Request request, Random random) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    boolean slow = random.nextInt(5) == 0;
    long count = 0;
    int n;
    while ((n = stream.inputStream().read(buffer, 0, 1 + random.nextInt(buffer.length))) >= 0) {
      int wrong = Pattern.mismatch(buffer, n, request.seed(), count);
      if (wrong >= 0) {
        throw new WrongResultException("byte " + (count + wrong) + " of " + request + " is wrong");
      }
      count += n;
      if (slow && random.nextInt(20) == 0) {
        restAWhile(stream.session());
      }
    }
    return count;
  }

  /** A reader that stops for as long as a PING takes, at the longest a second. */
  private static void restAWhile(PicoMux session) throws IOException {
    try {
      session.ping(Duration.ofSeconds(1));
    } catch (SocketTimeoutException e) {
      // Long enough.
    }
  }

  private static void roundTrip(MuxStream stream, int bytes, long seed) throws IOException {
    byte[] message = new byte[bytes];
    Pattern.fill(message, bytes, seed, 0);
    stream.write(message, 0, bytes);
    byte[] echo = stream.inputStream().readNBytes(bytes);
    if (echo.length < bytes) {
      throw new WrongResultException("an echo ended after " + echo.length + " of " + bytes);
    }
    expect(-1, Pattern.mismatch(echo, bytes, seed, 0), "place of a wrong byte of an echo");
  }

  private static int readByte(MuxStream stream) throws IOException {
    return stream.inputStream().read();
  }

  private static long readLong(MuxStream stream) throws IOException {
    byte[] bytes = stream.inputStream().readNBytes(Long.BYTES);
    if (bytes.length < Long.BYTES) {
      throw new WrongResultException("an answer ended after " + bytes.length + " of 8 bytes");
    }
    return ByteBuffer.wrap(bytes).getLong();
  }

  private static void expect(long wanted, long got, String what) {
    if (wanted != got) {
      throw new WrongResultException(what + ": " + got + " instead of " + wanted);
    }
  }
}
