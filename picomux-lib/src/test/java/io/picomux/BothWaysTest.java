package io.picomux;

import static io.picomux.Conditions.until;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Much data in both directions at once. */
@Timeout(120)
class BothWaysTest {
  private static final int BLOCK_BYTES = 1_000_003;
  private static final int BLOCKS = 100;

  @ParameterizedTest
  @EnumSource
  void bothSidesWrite100MegabytesBeforeAnybodyReads(SessionPair.Kind kind) throws Exception {
    byte[] block = new byte[BLOCK_BYTES];
    new Random(1).nextBytes(block);
    try (SessionPair pair = SessionPair.open(kind)) {
      MuxStream near = pair.client().open(new byte[0]);
      MuxStream far = pair.server().accept();
      Background<Long> nearWrites = Background.start(() -> write(near, block));
      Background<Long> farWrites = Background.start(() -> write(far, block));
      until(() -> waitsForPeer(near) && waitsForPeer(far));
      Background<Long> nearReads = Background.start(() -> read(near));
      Background<Long> farReads = Background.start(() -> read(far));
      long sent = nearWrites.get();
      assertThat(farWrites.get()).isEqualTo(sent);
      assertThat(nearReads.get()).isEqualTo(sent);
      assertThat(farReads.get()).isEqualTo(sent);
      assertThat(near.stats().bytesRead()).isEqualTo((long) BLOCKS * BLOCK_BYTES);
      assertThat(near.stats().bytesWritten()).isEqualTo((long) BLOCKS * BLOCK_BYTES);
    }
  }

  @ParameterizedTest
  @EnumSource
  void manyStreamsShareASessionWithoutMixingTheirBytes(SessionPair.Kind kind) throws Exception {
    try (SessionPair pair = SessionPair.open(kind)) {
      List<Background<Long>> writers = new ArrayList<>();
      List<Background<Long>> readers = new ArrayList<>();
      List<MuxStream> opened = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        opened.add(pair.client().open(new byte[] {(byte) i}));
      }
      for (int i = 0; i < 50; i++) {
        byte[] data = new byte[300_000 + i];
        new Random(i).nextBytes(data);
        MuxStream near = opened.get(i);
        writers.add(
            Background.start(() -> {
              near.write(data, 0, data.length);
              near.shutdownOutput();
              return checksum(data);
            }));
      }
      List<MuxStream> accepted = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        accepted.add(pair.server().accept());
      }
      accepted.sort((a, b) -> Byte.compare(a.metadata()[0], b.metadata()[0]));
      accepted.forEach(far -> readers.add(Background.start(() -> read(far))));
      for (int i = 0; i < 50; i++) {
        assertThat(readers.get(i).get()).isEqualTo(writers.get(i).get());
      }
    }
  }

  private static boolean waitsForPeer(MuxStream stream) {
    StreamStats stats = stream.stats();
    return stats.queuedBytes() > 0
        && stats.unreadBytes() > 0
        && stats.waitsFor() == StreamStats.WaitsFor.PEER_CREDIT;
  }

  private static long write(MuxStream stream, byte[] block) throws IOException {
    CRC32C checksum = new CRC32C();
    for (int i = 0; i < BLOCKS; i++) {
      stream.write(block, 0, block.length);
      checksum.update(block);
    }
    stream.shutdownOutput();
    return checksum.getValue();
  }

  private static long read(MuxStream stream) throws IOException {
    CRC32C checksum = new CRC32C();
    byte[] buffer = new byte[65_536];
    int n;
    while ((n = stream.read(buffer, 0, buffer.length)) >= 0) {
      checksum.update(buffer, 0, n);
    }
    return checksum.getValue();
  }

  private static long checksum(byte[] data) {
    CRC32C checksum = new CRC32C();
    checksum.update(data);
    return checksum.getValue();
  }
}
