package io.picomux;

import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.core.MuxConfig;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Writes over a socket channel while threads of the same session have their turn. */
@Timeout(60)
class WritesDuringTurnsTest {
  private final AtomicReference<NioDriver> driver = new AtomicReference<>();
  private final PicoMux near;
  private final PicoMux far;

  WritesDuringTurnsTest() throws IOException {
    SocketChannel[] ends = SessionPair.channels();
    SessionOptions options = new SessionOptions(Runnable::run, Thread.ofVirtual().factory(), null);
    near =
        new PicoMux(
            MuxConfig.DEFAULT,
            options,
            1,
            session -> {
              driver.set(new NioDriver(session, ends[0], null));
              return driver.get();
            });
    far = PicoMux.over(ends[1]);
  }

  @AfterEach
  void close() {
    near.abort();
    far.abort();
  }

  /** The threads of the turn, or others, may need the processor for ever. */
  @Test
  void smallWritesGoOutAlsoWhenATurnNeverEnds() throws Exception {
    MuxStream stream = near.open(new byte[0]);
    MuxStream served = far.accept();
    driver.get().beginTurn();
    byte[] got = new byte[1];
    for (byte i = 1; i <= 3; i++) {
      stream.write(new byte[] {i}, 0, 1);
      assertThat(served.read(got, 0, 1)).isEqualTo(1);
      assertThat(got).containsExactly(i);
    }
    stream.close();
    assertThat(served.read(got, 0, 1)).as("the FIN").isEqualTo(-1);
  }

  @Test
  void largeWritesThatBeginDuringATurnComeWhole() throws Exception {
    MuxStream stream = near.open(new byte[0]);
    MuxStream served = far.accept();
    int length = 1 << 20;
    Background<Integer> reading = Background.start(() -> readAll(served, length));
    driver.get().beginTurn();
    assertThat(stream.write(ByteBuffer.allocate(length))).isEqualTo(length);
    driver.get().endTurn();
    assertThat(reading.get()).isEqualTo(length);
  }

  /**
   * Answers of many threads, which take turns in both ends, come whole and to whom they are for.
   */
  @Test
  void everyAnswerComesToWhoWaitsForIt() throws Exception {
    int streams = 50;
    int rounds = 400;
    Background<Boolean> serving =
        Background.start(() -> {
          List<Background<Boolean>> echoes = new ArrayList<>();
          for (int i = 0; i < streams; i++) {
            MuxStream served = far.accept();
            echoes.add(Background.start(() -> echo(served)));
          }
          for (Background<Boolean> each : echoes) {
            each.get();
          }
          return true;
        });
    List<Background<Integer>> asking = new ArrayList<>();
    for (int i = 0; i < streams; i++) {
      int first = i * rounds;
      asking.add(
          Background.start(() -> {
            try (MuxStream stream = near.open(new byte[0])) {
              for (int k = first; k < first + rounds; k++) {
                ByteBuffer number = ByteBuffer.allocate(4).putInt(k).flip();
                stream.write(number);
                number.clear();
                while (number.hasRemaining() && stream.read(number) >= 0) {}
                assertThat(number.getInt(0)).isEqualTo(k);
              }
            }
            return rounds;
          }));
    }
    for (Background<Integer> each : asking) {
      assertThat(each.get()).isEqualTo(rounds);
    }
    assertThat(serving.get()).isTrue();
  }

  private static boolean echo(MuxStream stream) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(16);
    while (stream.read(buffer.clear()) >= 0) {
      stream.write(buffer.flip());
    }
    stream.close();
    return true;
  }

  private static int readAll(MuxStream stream, int length) throws IOException {
    ByteBuffer target = ByteBuffer.allocate(length);
    while (target.hasRemaining() && stream.read(target) >= 0) {}
    return target.position();
  }
}
