package io.picomux.reliability.attacks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a hostile peer sends is sent again byte for byte. */
@Timeout(60)
class TapeTest {
  @Test
  void theSameBytesGoToTheSinkOnAsManyConnections() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      InetSocketAddress address =
          new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
      Tape tape = new Tape();
      byte[] pings = new FrameBuffer().ping("[1]").repeated(3_000);
      byte[] syn = new FrameBuffer().syn(7, "hold a").toBytes();
      ByteArrayOutputStream expected = new ByteArrayOutputStream();
      for (int connection = 0; connection < 2; connection++) {
        CompletableFuture<byte[]> received = receive(listener);
        try (HostilePeer peer = HostilePeer.connect(address, AttackBounds.SHORT, tape)) {
          for (byte[] piece : new byte[][] {pings, syn, pings}) {
            peer.send(piece);
            expected.writeBytes(piece);
          }
          assertThat(peer.sentBytes()).isEqualTo(2L * pings.length + syn.length);
        }
        assertThat(received.get()).hasSize(2 * pings.length + syn.length);
      }
      assertThat(tape.bytes()).isEqualTo(expected.size());
      CompletableFuture<byte[]> both =
          CompletableFuture.supplyAsync(() -> {
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.writeBytes(receive(listener).join());
            all.writeBytes(receive(listener).join());
            return all.toByteArray();
          });
      tape.replay(address, Duration.ZERO);
      assertThat(both.get()).isEqualTo(expected.toByteArray());
    }
  }

  @Test
  void whoWaitedForTheEndWaitsForItAgain() throws Exception {
    try (ServerSocket listener = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      InetSocketAddress address =
          new InetSocketAddress(listener.getInetAddress(), listener.getLocalPort());
      Tape tape = new Tape();
      byte[] syn = new FrameBuffer().syn(7, "hold a").toBytes();
      CompletableFuture<byte[]> attacked = receive(listener);
      try (HostilePeer peer = HostilePeer.connect(address, AttackBounds.SHORT, tape)) {
        peer.send(syn);
        peer.endOutput();
        peer.awaitEnd();
      }
      assertThat(attacked.get()).isEqualTo(syn);
      CompletableFuture<byte[]> again = receive(listener);
      tape.replay(address, Duration.ZERO);
      assertThat(again).as("the sink has seen the end before").isDone();
      assertThat(again.get()).isEqualTo(syn);
    }
  }

  private static CompletableFuture<byte[]> receive(ServerSocket listener) {
    CompletableFuture<byte[]> received = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try (Socket socket = listener.accept()) {
            received.complete(socket.getInputStream().readAllBytes());
          } catch (IOException e) {
            received.completeExceptionally(e);
          }
        });
    return received;
  }
}
