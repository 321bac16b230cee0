package io.picomux.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.picomux.MuxException;
import io.picomux.MuxStream;
import io.picomux.PicoMux;
import io.picomux.PicoMuxServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TcpLinkTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);

  /** A server that answers each stream with what it was sent. */
  private static PicoMuxServer echo() throws IOException {
    return PicoMuxServer.listen(
        ANY_PORT,
        session -> {
          while (true) {
            MuxStream stream = session.accept();
            Thread.startVirtualThread(() -> {
              try (stream) {
                stream.inputStream().transferTo(stream.outputStream());
              } catch (IOException e) {
                stream.reset();
              }
            });
          }
        });
  }

  @Test
  void everythingArrivesThroughSmallSlicesAndLatency() throws Exception {
    byte[] data = new byte[50_000];
    new Random(1).nextBytes(data);
    try (PicoMuxServer server = echo();
        TcpLink link = TcpLink.to((InetSocketAddress) server.localAddress(), 7)) {
      link.setProfile(new LinkProfile(2_000_000, 10_000_000, 4096, 100));
      try (PicoMux mux = PicoMux.connect(link.address());
          MuxStream stream = mux.open(new byte[0])) {
        Thread writer =
            Thread.startVirtualThread(() -> {
              try {
                stream.outputStream().write(data);
                stream.shutdownOutput();
              } catch (IOException e) {
                stream.reset();
              }
            });
        assertThat(stream.inputStream().readAllBytes()).isEqualTo(data);
        writer.join();
      }
    }
  }

  @Test
  void nothingArrivesWhileItIsHeldAndAllAfterwards() throws Exception {
    try (PicoMuxServer server = echo();
        TcpLink link = TcpLink.to((InetSocketAddress) server.localAddress());
        PicoMux mux = PicoMux.connect(link.address());
        MuxStream stream = mux.open(new byte[0])) {
      stream.outputStream().write('a');
      assertThat(stream.inputStream().read()).isEqualTo('a');
      link.hold();
      stream.outputStream().write('b');
      stream.setReadTimeout(Duration.ofMillis(50));
      assertThatThrownBy(() -> stream.inputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      link.release();
      stream.setReadTimeout(Duration.ZERO);
      assertThat(stream.inputStream().read()).isEqualTo('b');
    }
  }

  @Test
  void cutsInTheMiddle() throws Exception {
    try (PicoMuxServer server = echo();
        TcpLink link = TcpLink.to((InetSocketAddress) server.localAddress());
        PicoMux mux = PicoMux.connect(link.address());
        MuxStream stream = mux.open(new byte[0])) {
      stream.outputStream().write('a');
      assertThat(stream.inputStream().read()).isEqualTo('a');
      link.cutAfter(1000);
      assertThatThrownBy(
              () -> {
                stream.outputStream().write(new byte[1 << 20]);
                stream.inputStream().readNBytes(1 << 20);
              })
          .isInstanceOf(MuxException.class);
      assertThat(mux.onTermination().get(30, TimeUnit.SECONDS)).isInstanceOf(MuxException.class);
    }
  }

  @Test
  void carriesAnEndOfOneDirectionAndThenTheOther() throws Exception {
    try (ServerSocket target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        TcpLink link =
            TcpLink.to(new InetSocketAddress(target.getInetAddress(), target.getLocalPort()));
        Socket near = new Socket(link.address().getAddress(), link.address().getPort());
        Socket far = target.accept()) {
      near.getOutputStream().write("question".getBytes(UTF_8));
      near.shutdownOutput();
      assertThat(far.getInputStream().readAllBytes()).isEqualTo("question".getBytes(UTF_8));
      far.getOutputStream().write("answer".getBytes(UTF_8));
      far.shutdownOutput();
      assertThat(near.getInputStream().readAllBytes()).isEqualTo("answer".getBytes(UTF_8));
    }
  }

  @Test
  void resetIsNoEndOfFile() throws Exception {
    try (ServerSocket target = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        TcpLink link =
            TcpLink.to(new InetSocketAddress(target.getInetAddress(), target.getLocalPort()));
        Socket near = new Socket(link.address().getAddress(), link.address().getPort());
        Socket far = target.accept()) {
      near.getOutputStream().write(1);
      assertThat(far.getInputStream().read()).isEqualTo(1);
      assertThat(link.connections()).isEqualTo(1);
      CompletableFuture<Object> failure =
          CompletableFuture.supplyAsync(() -> {
            try {
              return far.getInputStream().read();
            } catch (IOException e) {
              return e;
            }
          });
      link.reset();
      assertThat(failure.get(30, TimeUnit.SECONDS)).isInstanceOf(SocketException.class);
      assertThat(link.connections()).isZero();
    }
  }
}
