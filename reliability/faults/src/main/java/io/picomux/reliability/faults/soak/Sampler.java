package io.picomux.reliability.faults.soak;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/** Prints a message at regular times until the standard input of the process ends. */
final class Sampler {
  private final int seconds;
  private final Supplier<Message> message;
  private final CountDownLatch inputEnded = new CountDownLatch(1);

  Sampler(int seconds, Supplier<Message> message) {
    this.seconds = seconds;
    this.message = message;
  }

  void runUntilInputEnds() {
    Thread.ofPlatform().daemon().name("soak-input").start(this::awaitInputEnd);
    try {
      while (!inputEnded.await(seconds, TimeUnit.SECONDS)) {
        message.get().print();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void awaitInputEnd() {
    try {
      while (System.in.read() >= 0) {
        // What is said does not matter.
      }
    } catch (IOException e) {
      Message.error("the input of the process failed: " + e).print();
    }
    inputEnded.countDown();
  }
}
