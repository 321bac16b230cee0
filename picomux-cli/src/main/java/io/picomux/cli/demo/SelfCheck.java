package io.picomux.cli.demo;

import io.picomux.cli.demo.HttpThroughProxy.Answer;
import java.io.IOException;
import java.io.PrintWriter;
import java.security.DigestOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Shows that the demo works: requests through the proxy, with a line for what each one proved. */
final class SelfCheck {

  private static final long DOWNLOAD_BYTES = 20_000_000;
  private static final long UPLOAD_BYTES = 5_000_000;
  private static final int PARALLEL = 20;
  private static final long PARALLEL_BYTES = 250_000;

  private final HttpThroughProxy site;
  private final PrintWriter out;

  /** Checks of {@code site}, told on {@code out}. */
  SelfCheck(HttpThroughProxy site, PrintWriter out) {
    this.site = site;
    this.out = out;
  }

  /**
   * Runs all checks.
   *
   * @return whether all of them passed; of the first that failed, a line says why
   */
  boolean run() throws InterruptedException {
    return check("page", this::page)
        && check("download", this::download)
        && check("upload", this::upload)
        && check("parallel", this::parallel);
  }

  /** One check; what it returns says what it proved. */
  private interface Check {
    String run() throws IOException, InterruptedException;
  }

  private boolean check(String name, Check check) throws InterruptedException {
    try {
      out.printf("  %-9s ok      %s%n", name, check.run());
      return true;
    } catch (IOException e) {
      if (Thread.interrupted()) {
        throw new InterruptedException("interrupted during the self-check");
      }
      out.printf("  %-9s FAILED  %s%n", name, e.getMessage());
      return false;
    }
  }

  private String page() throws IOException {
    long startNanos = System.nanoTime();
    Answer answer = require(site.get("/"), 200);
    if (!answer.start().contains("This page came through picomux")) {
      throw new IOException("the page is not the demo's");
    }
    return String.format(
        Locale.ROOT,
        "%,d bytes in %.0f ms; only the exit knows its name",
        answer.length(),
        (System.nanoTime() - startNanos) / 1e6);
  }

  private String download() throws IOException {
    long startNanos = System.nanoTime();
    fetch(DOWNLOAD_BYTES);
    return moved(DOWNLOAD_BYTES, startNanos) + ", SHA-256 as announced";
  }

  private String upload() throws IOException {
    long startNanos = System.nanoTime();
    String[] sent = {""};
    Answer answer =
        require(
            site.put(
                "/upload",
                UPLOAD_BYTES,
                body -> {
                  DigestOutputStream digesting =
                      new DigestOutputStream(body, PseudoRandomBytes.sha256());
                  PseudoRandomBytes.write(UPLOAD_BYTES, digesting);
                  sent[0] = PseudoRandomBytes.hex(digesting.getMessageDigest());
                }),
            200);
    String expected = UPLOAD_BYTES + " bytes, sha256 " + sent[0];
    if (!answer.start().strip().equals(expected)) {
      throw new IOException("sent " + expected + ", but arrived " + answer.start().strip());
    }
    return moved(UPLOAD_BYTES, startNanos) + ", SHA-256 as sent";
  }

  private String parallel() throws IOException, InterruptedException {
    long startNanos = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Answer>> answers = new ArrayList<>();
      for (int i = 0; i < PARALLEL; i++) {
        answers.add(threads.submit(() -> fetch(PARALLEL_BYTES)));
      }
      for (Future<Answer> answer : answers) {
        answer.get();
      }
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
    return PARALLEL + " streams at once, " + moved(PARALLEL * PARALLEL_BYTES, startNanos);
  }

  private Answer fetch(long bytes) throws IOException {
    Answer answer = require(site.get("/bytes/" + bytes), 200);
    if (answer.length() != bytes || !answer.sha256().equals(answer.headers().get("x-sha256"))) {
      throw new IOException(
          "got "
              + answer.length()
              + " bytes with SHA-256 "
              + answer.sha256()
              + ", not as announced");
    }
    return answer;
  }

  private static Answer require(Answer answer, int status) throws IOException {
    if (answer.status() != status) {
      throw new IOException("HTTP status " + answer.status() + ", expected " + status);
    }
    return answer;
  }

  private static String moved(long bytes, long startNanos) {
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    return String.format(
        Locale.ROOT,
        "%.1f MB in %.0f ms (%.0f MB/s)",
        bytes / 1e6,
        seconds * 1e3,
        bytes / 1e6 / seconds);
  }
}
