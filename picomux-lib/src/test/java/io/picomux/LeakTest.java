package io.picomux;

import static io.picomux.Conditions.until;
import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.core.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** After a session nothing of it is left: no thread, selector, descriptor or counted byte. */
@Timeout(60)
@EnabledOnOs(OS.LINUX)
class LeakTest {
  private static final int SESSIONS = 500;
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  @ParameterizedTest
  @EnumSource
  void nothingIsLeftOfASession(SessionPair.Kind kind) throws Exception {
    until(() -> picomuxThreads() == 0);
    useOnce(kind);
    until(() -> picomuxThreads() == 0);
    long descriptors = descriptors();
    useOnce(kind);
    until(() -> picomuxThreads() == 0);
    until(() -> descriptors() <= descriptors);
  }

  @ParameterizedTest
  @EnumSource
  void nothingIsLeftOfASessionThatIsAbortedInFullSwing(SessionPair.Kind kind) throws Exception {
    until(() -> picomuxThreads() == 0);
    long sessions = PicoMux.processStats().sessionsLive();
    long unread = PicoMux.processStats().unreadBytes();
    long descriptors = descriptors();
    for (int i = 0; i < 10; i++) {
      SessionPair pair = SessionPair.open(kind, platform(), platform());
      MuxStream near = pair.client().open(new byte[100]);
      MuxStream far = pair.server().accept();
      Background<?> write =
          Background.start(() -> {
            while (true) {
              near.write(new byte[100_000], 0, 100_000);
            }
          });
      until(() -> far.stats().unreadBytes() > 50_000);
      (i % 2 == 0 ? pair.client() : pair.server()).abort();
      assertThat(catchFrom(write)).isInstanceOf(SessionException.class);
      pair.client().awaitTermination();
      pair.server().awaitTermination();
      assertThat(pair.client().stats().queuedBytes()).isZero();
    }
    until(() -> PicoMux.processStats().sessionsLive() == sessions);
    until(() -> PicoMux.processStats().unreadBytes() == unread);
    until(() -> picomuxThreads() == 0);
    until(() -> descriptors() <= descriptors);
  }

  @Test
  void fiveHundredSessionsInTurnLeaveNothing() throws Exception {
    useOnce(SessionPair.Kind.CHANNEL);
    until(() -> picomuxThreads() == 0);
    long descriptors = descriptors();
    long opened = PicoMux.processStats().sessionsOpened();
    long live = PicoMux.processStats().sessionsLive();
    for (int i = 0; i < SESSIONS; i++) {
      useOnce(SessionPair.Kind.CHANNEL);
    }
    assertThat(PicoMux.processStats().sessionsOpened()).isEqualTo(opened + 2 * SESSIONS);
    until(() -> PicoMux.processStats().sessionsLive() == live);
    until(() -> picomuxThreads() == 0);
    until(() -> descriptors() <= descriptors);
  }

  @Test
  void theProcessCountsWhatAllSessionsDo() throws Exception {
    ProcessStats before = PicoMux.processStats();
    int size = 300_000;
    try (SessionPair pair = SessionPair.open(SessionPair.Kind.CHANNEL)) {
      assertThat(PicoMux.processStats().sessionsLive()).isEqualTo(before.sessionsLive() + 2);
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      near.write(new byte[size], 0, size);
      near.shutdownOutput();
      until(() -> PicoMux.processStats().unreadBytes() > before.unreadBytes());
      assertThat(far.inputStream().readAllBytes()).hasSize(size);
      until(() -> PicoMux.processStats().unreadBytes() == before.unreadBytes());
      assertThat(pair.server().stats().core().unreadBytes()).isZero();
      until(() -> pair.client().stats().queuedBytes() == 0);
    }
    ProcessStats after = PicoMux.processStats();
    assertThat(after.bytesRead() - before.bytesRead()).isEqualTo(size);
    assertThat(after.bytesWritten() - before.bytesWritten()).isEqualTo(size);
    assertThat(after.streamsOpened() - before.streamsOpened()).isEqualTo(2);
    assertThat(after.sessionsOpened() - before.sessionsOpened()).isEqualTo(2);
    assertThat(after.sessionsLive()).isEqualTo(before.sessionsLive());
    assertThat(after.unreadLimitBytes()).isEqualTo(Runtime.getRuntime().maxMemory() / 4);
  }

  @Test
  void metadataIsCountedUntilItsStreamIsGone() throws Exception {
    long before = PicoMux.processStats().unreadBytes();
    try (RawPeer peer = RawPeer.of(SessionPair.Kind.CHANNEL)) {
      peer.send(Command.SYN, 1, new byte[60_000]);
      until(() -> PicoMux.processStats().unreadBytes() == before + 60_000);
      MuxStream stream = peer.mux().accept();
      assertThat(peer.mux().stats().core().unreadBytes()).isZero();
      stream.close();
      assertThat(PicoMux.processStats().unreadBytes()).isEqualTo(before + 60_000);
      peer.send(Command.FIN, 1);
      until(() -> PicoMux.processStats().unreadBytes() == before);
    }
  }

  @ParameterizedTest
  @EnumSource
  void closedStreamsLeaveNothingInTheSession(SessionPair.Kind kind) throws Exception {
    Random random = new Random(5);
    try (SessionPair pair = SessionPair.open(kind)) {
      for (int i = 0; i < 500; i++) {
        MuxStream near = pair.client().open(new byte[random.nextInt(100)]);
        MuxStream far = pair.server().accept();
        near.outputStream().write(new byte[1 + random.nextInt(50_000)]);
        switch (random.nextInt(4)) {
          case 0 -> near.reset();
          case 1 -> far.reset();
          case 2 -> far.inputStream().readNBytes(1);
          default -> {
            near.shutdownOutput();
            far.inputStream().readAllBytes();
          }
        }
        near.close();
        far.close();
      }
      until(() -> isEmpty(pair.client()) && isEmpty(pair.server()));
    }
  }

  private static boolean isEmpty(PicoMux mux) {
    SessionStats stats = mux.stats();
    return stats.streams().isEmpty()
        && stats.core().liveStreams() == 0
        && stats.core().inboundStreams() == 0
        && stats.core().unreadBytes() == 0
        && stats.queuedBytes() == 0;
  }

  /** Begins a session, moves some bytes and closes it. */
  private static void useOnce(SessionPair.Kind kind) throws IOException {
    try (SessionPair pair = SessionPair.open(kind, platform(), platform())) {
      MuxStream near = pair.client().open(new byte[1]);
      near.write(new byte[] {1, 2, 3}, 0, 3);
      near.shutdownOutput();
      assertThat(pair.server().accept().inputStream().readAllBytes()).containsExactly(1, 2, 3);
    }
  }

  /** Platform threads can be counted. */
  private static PicoMuxBuilder platform() {
    return PicoMux.builder().threadFactory(Thread.ofPlatform().daemon().factory());
  }

  private static long picomuxThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("picomux-"))
        .count();
  }

  private static long descriptors() throws IOException {
    List<Path> open = new ArrayList<>();
    try (Stream<Path> entries = Files.list(DESCRIPTORS)) {
      entries.forEach(open::add);
    }
    return open.size();
  }

  private static Throwable catchFrom(Background<?> call) {
    try {
      call.get();
    } catch (Exception e) {
      return e;
    }
    throw new AssertionError("the call has not failed");
  }
}
