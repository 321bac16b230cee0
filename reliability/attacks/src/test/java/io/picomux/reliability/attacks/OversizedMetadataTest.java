package io.picomux.reliability.attacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.picomux.MuxStream;
import io.picomux.PicoMux;
import io.picomux.core.Command;
import io.picomux.core.WireFormat;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Row 19: metadata that does not fit a frame, from our own application. */
@Timeout(120)
class OversizedMetadataTest {
  @AutoClose private final AttackScene scene = AttackScene.begin();

  @Test
  void nothingGoesOnTheWireAndTheSessionGoesOn() throws Exception {
    AtomicInteger syns = new AtomicInteger();
    try (PicoMux mux =
        PicoMux.builder()
            .frameListener((outgoing, command, id, bytes) -> {
              if (outgoing && command == Command.SYN) {
                syns.incrementAndGet();
              }
            })
            .connect(scene.victim().muxAddress())) {
      assertThatThrownBy(() -> mux.open(new byte[WireFormat.MAX_BODY_BYTES + 1]))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("65536")
          .hasMessageContaining("65535");
      try (MuxStream stream = mux.open(new byte[WireFormat.MAX_BODY_BYTES])) {
        // The application drops what it does not understand.
        assertThat(stream.inputStream().read()).isEqualTo(-1);
      }
      assertThat(syns).hasValue(1);
      assertThat(mux.isAlive()).isTrue();
    }
    scene.assertAsBefore();
  }
}
