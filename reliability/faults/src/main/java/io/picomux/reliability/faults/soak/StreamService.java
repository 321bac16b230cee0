package io.picomux.reliability.faults.soak;

import io.picomux.MuxStream;
import io.picomux.PicoMux;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What the server does with its streams. Safe for concurrent use. */
final class StreamService {
  private static final int BUFFER_BYTES = 32 << 10;

  /** How long an end of a tail may take to come; longer than any stall of the links. */
  private static final long TOLD_SECONDS = 60;

  /** What has become of tails: how many bytes came in order before the end. */
  private final ConcurrentHashMap<Long, CompletableFuture<Long>> tails = new ConcurrentHashMap<>();

  /** Serves the streams of a session until it ends. */
  void serve(PicoMux session) throws IOException {
    while (true) {
      MuxStream stream = session.accept();
      Request request = Request.of(stream.metadata());
      if (request.kind() == Request.Kind.QUIET_ECHO) {
        new QuietEcho(stream).start();
      } else {
        Thread.startVirtualThread(() -> serve(stream, request));
      }
    }
  }

  /** Returns how many tails are remembered. */
  int rememberedTails() {
    return tails.size();
  }

  private void serve(MuxStream stream, Request request) {
    try (stream) {
      switch (request.kind()) {
        case SINK -> answer(stream, take(stream, request.seed()));
        case SOURCE -> send(stream, request);
        case ECHO, QUIET_ECHO -> stream.inputStream().transferTo(stream.outputStream());
        case TAIL -> takeTail(stream, request.seed());
        case TOLD -> answer(stream, told(request.seed()));
      }
    } catch (IOException e) {
      // The other end hears that this is no end of the data.
      stream.reset();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      stream.reset();
    }
  }

  /** Returns how many bytes came before the end, negative from the first that does not fit. */
  private static long take(MuxStream stream, long seed) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    InputStream in = stream.inputStream();
    long count = 0;
    int n;
    while ((n = in.read(buffer)) >= 0) {
      int wrong = Pattern.mismatch(buffer, n, seed, count);
      if (wrong >= 0) {
        return -(count + wrong) - 1;
      }
      count += n;
    }
    return count;
  }

  private static void send(MuxStream stream, Request request) throws IOException {
    byte[] buffer = new byte[BUFFER_BYTES];
    long sent = 0;
    while (sent < request.bytes()) {
      int n = (int) Math.min(buffer.length, request.bytes() - sent);
      Pattern.fill(buffer, n, request.seed(), sent);
      stream.write(buffer, 0, n);
      sent += n;
    }
  }

  private void takeTail(MuxStream stream, long name) throws IOException {
    CompletableFuture<Long> result = tail(name);
    try {
      result.complete(take(stream, name));
    } catch (IOException e) {
      tails.remove(name);
      throw e;
    }
  }

  private long told(long name) throws IOException, InterruptedException {
    try {
      return tail(name).get(TOLD_SECONDS, TimeUnit.SECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException("nothing is known of tail " + name, e);
    } finally {
      tails.remove(name);
    }
  }

  private CompletableFuture<Long> tail(long name) {
    return tails.computeIfAbsent(name, any -> new CompletableFuture<>());
  }

  private static void answer(MuxStream stream, long count) throws IOException {
    new DataOutputStream(stream.outputStream()).writeLong(count);
  }

  /** Echoes by callbacks, one byte buffer at a time; used on the session's executor only. */
  private static final class QuietEcho {
    private final MuxStream stream;
    private final ByteBuffer buffer = ByteBuffer.allocate(256);

    QuietEcho(MuxStream stream) {
      this.stream = stream;
    }

    void start() {
      stream.onReadable(this::move);
    }

    private synchronized void move() {
      try {
        while (true) {
          int n = stream.tryRead(buffer.clear());
          if (n == 0) {
            return;
          }
          if (n < 0) {
            stream.close();
            return;
          }
          // The peer sends one small message at a time, so that there is always room.
          if (stream.tryWrite(buffer.flip()) < n) {
            throw new IOException("no room for an echo of " + n + " bytes");
          }
        }
      } catch (IOException e) {
        stream.reset();
      }
    }
  }
}
