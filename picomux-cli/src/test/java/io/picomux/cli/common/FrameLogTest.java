package io.picomux.cli.common;

import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.FrameListener;
import io.picomux.core.Command;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

final class FrameLogTest {

  @Test
  void aFrameIsOneLineInColumns() {
    assertThat(FrameLog.line(false, Command.PSH, 15, 12)).isEqualTo("<< 0x0000000f    12 PSH");
    assertThat(FrameLog.line(true, Command.SYN, -1, 65_535)).isEqualTo(">> 0xffffffff 65535 SYN");
  }

  @Test
  void closingPrintsWhatIsLeftInOrder() {
    StringWriter out = new StringWriter();
    try (FrameLog log = new FrameLog(Optional.of(new PrintWriter(out)))) {
      FrameListener listener = log.listener().orElseThrow();
      for (int i = 0; i < 1_000; i++) {
        listener.onFrame(true, Command.PSH, 1, i);
      }
    }
    assertThat(out.toString().lines()).hasSize(1_000);
    assertThat(out.toString().lines().toList().getLast()).isEqualTo(">> 0x00000001   999 PSH");
  }

  @Test
  void aTerminalThatStandsStillHoldsNobodyUp() {
    CountDownLatch moves = new CountDownLatch(1);
    StringWriter shown = new StringWriter();
    Writer stuck =
        new Writer() {
          @Override
          public void write(char[] text, int offset, int length) {
            try {
              moves.await();
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
            shown.write(text, offset, length);
          }

          @Override
          public void flush() {}

          @Override
          public void close() {}
        };
    int frames = 50_000;
    try (FrameLog log = new FrameLog(Optional.of(new PrintWriter(stuck)))) {
      FrameListener listener = log.listener().orElseThrow();
      for (int i = 0; i < frames; i++) {
        listener.onFrame(false, Command.MORE, 1, 2);
      }
      moves.countDown();
    }
    long printed = shown.toString().lines().filter(line -> line.startsWith("<< ")).count();
    assertThat(printed).isBetween(20_000L, frames - 1L);
    assertThat(shown.toString()).contains("-- " + (frames - printed) + " frames not shown");
  }

  @Test
  void nothingIsPrintedUnlessAskedFor() {
    try (FrameLog log = new FrameLog(Optional.empty())) {
      assertThat(log.listener()).isEmpty();
    }
  }
}
