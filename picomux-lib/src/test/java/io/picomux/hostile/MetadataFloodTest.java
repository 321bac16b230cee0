package io.picomux.hostile;

import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.MuxStream;
import io.picomux.PicoMux;
import io.picomux.core.Command;
import io.picomux.core.MuxLimits;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** SYNs with as much metadata as fits, to an application that accepts every stream. */
@Timeout(60)
class MetadataFloodTest {
  private static final int METADATA_BYTES = 65_535;
  private static final int STREAMS = 200;

  @Test
  void metadataOfAcceptedStreamsIsBoundedByTheBudget() throws Exception {
    MuxLimits limits = MuxLimits.builder().receiveBudgetBytes(1 << 20).build();
    try (HostilePeer peer = HostilePeer.of(PicoMux.builder().limits(limits))) {
      int mostStreams = (1 << 20) / METADATA_BYTES;
      List<MuxStream> accepted = new ArrayList<>();
      int refused = 0;
      for (int id = 1; id <= STREAMS; id++) {
        peer.send(new HostilePeer.Burst().add(Command.SYN, id, new byte[METADATA_BYTES]));
        peer.roundTrip();
        if (peer.victim().stats().core().waitingStreams() > 0) {
          accepted.add(peer.victim().accept());
        } else {
          refused++;
        }
      }
      assertThat(accepted).hasSizeBetween(1, mostStreams);
      assertThat(refused).isEqualTo(STREAMS - accepted.size());
      assertThat(accepted).allMatch(stream -> stream.metadata().length == METADATA_BYTES);

      for (MuxStream stream : accepted) {
        stream.close();
        peer.send(new HostilePeer.Burst().add(Command.FIN, stream.id()));
      }
      peer.send(new HostilePeer.Burst().add(Command.SYN, STREAMS + 1, new byte[METADATA_BYTES]));
      assertThat(peer.victim().accept().id()).as("there is room again").isEqualTo(STREAMS + 1);
    }
  }
}
