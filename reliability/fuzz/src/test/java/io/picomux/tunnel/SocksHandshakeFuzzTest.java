package io.picomux.tunnel;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.picomux.core.FindingReport;
import java.io.ByteArrayOutputStream;
import java.util.Arrays;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Feeds {@link SocksHandshake} any bytes, whole and in slices: both must end in the same way, with
 * answers that RFC 1928 and the SOCKS4 memo know, with a destination that a peer reads as the same,
 * and with every byte behind the request still there.
 *
 * <p>The first byte of an input chooses the slices, the others are what the client sends.
 */
@ExtendWith(FindingReport.class)
class SocksHandshakeFuzzTest {
  /**
   * The longest handshake: a greeting of 257 bytes and a request of 262, or a SOCKS4a request,
   * whose user id and name Netty takes up to 255 bytes each, with their ends.
   */
  private static final int LONGEST_HANDSHAKE_BYTES = 8 + 256 + 256 + 262;

  public static void fuzzerTestOneInput(byte[] input) {
    new SocksHandshakeFuzzTest().fuzz(input);
  }

  @FuzzTest
  void fuzz(byte[] input) {
    if (input.length == 0) {
      return;
    }
    byte[] client = Arrays.copyOfRange(input, 1, input.length);
    Talk whole = new Talk(client, client.length);
    Talk sliced = new Talk(client, 1 + (input[0] & 15));
    Talk bytewise = new Talk(client, 1);
    whole.check();
    for (Talk other : new Talk[] {sliced, bytewise}) {
      other.check();
      assertThat(other.outcome()).isEqualTo(whole.outcome());
      assertThat(other.output.toByteArray()).isEqualTo(whole.output.toByteArray());
      assertThat(other.rest).isEqualTo(whole.rest);
    }
  }

  /** A client and what became of it. */
  private static final class Talk {
    private final SocksHandshake handshake = new SocksHandshake();
    private final ByteArrayOutputStream output = new ByteArrayOutputStream();
    private final byte[] client;
    private byte[] rest = {};

    Talk(byte[] client, int sliceBytes) {
      this.client = client;
      int at = 0;
      while (at < client.length && isOpen()) {
        int end = Math.min(client.length, at + sliceBytes);
        handshake.receive(Arrays.copyOfRange(client, at, end));
        output.writeBytes(handshake.takeOutput());
        at = end;
      }
      if (handshake.state() == SocksHandshake.State.DONE) {
        byte[] behind = handshake.rest();
        rest = Arrays.copyOf(behind, behind.length + client.length - at);
        System.arraycopy(client, at, rest, behind.length, client.length - at);
        handshake.accept();
        output.writeBytes(handshake.takeOutput());
      }
      assertThat(handshake.takeOutput()).as("given twice").isEmpty();
    }

    private boolean isOpen() {
      return handshake.state() != SocksHandshake.State.DONE
          && handshake.state() != SocksHandshake.State.FAILED;
    }

    String outcome() {
      return switch (handshake.state()) {
        case DONE -> handshake.destination().toString();
        case FAILED -> "failed: " + handshake.failure();
        default -> handshake.state().name();
      };
    }

    void check() {
      switch (handshake.state()) {
        case DONE -> checkDestination();
        case FAILED ->
            assertThat(handshake.failure())
                .as("why, safe to print")
                .isNotEmpty()
                .matches("[\\x20-\\x7e…]{1,1000}");
        default ->
            assertThat(client.length)
                .as("bytes taken without an end")
                .isLessThan(LONGEST_HANDSHAKE_BYTES);
      }
      checkAnswers();
    }

    private void checkDestination() {
      Destination destination = handshake.destination();
      assertThat(destination.host().length()).isBetween(1, Destination.MAX_HOST_CHARACTERS);
      assertThat(destination.port()).isBetween(1, 65_535);
      assertThat(Destination.fromMetadata(destination.toMetadata())).isEqualTo(destination);
      assertThat(client).as("the bytes behind the request").endsWith(rest);
    }

    /** Answers are those of the client's version: a choice of method, then one reply. */
    private void checkAnswers() {
      byte[] sent = output.toByteArray();
      boolean done = handshake.state() == SocksHandshake.State.DONE;
      if (client.length > 0 && client[0] == 4) {
        assertThat(sent.length).isIn(0, 8);
        if (sent.length == 8) {
          assertThat(sent[0]).isZero();
          assertThat(sent[1]).isEqualTo((byte) (done ? 0x5A : 0x5B));
        }
        return;
      }
      assertThat(sent.length).isIn(0, 2, 12);
      if (sent.length >= 2) {
        assertThat(sent[0]).isEqualTo((byte) 5);
        assertThat(sent[1]).isIn((byte) 0, (byte) 0xFF);
      }
      if (sent.length == 12) {
        assertThat(sent[2]).isEqualTo((byte) 5);
        assertThat(sent[3] == 0).as("success").isEqualTo(done);
        assertThat(sent[3]).isBetween((byte) 0, (byte) 8);
        assertThat(sent[4]).isZero();
        assertThat(sent[5]).isEqualTo((byte) 1);
      }
    }
  }
}
