package io.picomux.socket;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.picomux.MuxStream;
import io.picomux.PicoMux;
import io.picomux.SessionException;
import io.picomux.StreamException;
import io.picomux.core.MuxLimits;
import io.picomux.core.SessionEnd;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class MuxSocketTest {
  private static final InetSocketAddress SERVICE =
      InetSocketAddress.createUnresolved("service.example", 80);

  private Sessions sessions;

  @BeforeEach
  void open() throws IOException {
    sessions = Sessions.open();
  }

  @AfterEach
  void close() {
    sessions.close();
  }

  // ---- connecting

  @Test
  void connectingOpensAStreamWithTheAddressAsMetadata() throws Exception {
    InetAddress named = InetAddress.getByAddress("db.example", new byte[] {10, 0, 0, 1});
    InetAddress ipv4 = InetAddress.getByAddress(new byte[] {10, 0, 0, 1});
    InetAddress ipv6 = InetAddress.getByName("fe80::1%1");
    assertThat(metadataOf(SERVICE)).isEqualTo("service.example:80");
    assertThat(metadataOf(new InetSocketAddress(named, 5432))).isEqualTo("db.example:5432");
    assertThat(metadataOf(new InetSocketAddress(ipv4, 1))).isEqualTo("10.0.0.1:1");
    assertThat(metadataOf(new InetSocketAddress(ipv6, 65_535)))
        .isEqualTo("[fe80:0:0:0:0:0:0:1]:65535");
  }

  private String metadataOf(InetSocketAddress address) throws IOException {
    try (MuxSocket socket = new MuxSocket(sessions.client())) {
      socket.connect(address, 10_000);
      return new String(sessions.server().accept().metadata(), UTF_8);
    }
  }

  @Test
  void theMetadataIsMadeByTheFunctionThatIsGiven() throws Exception {
    try (MuxSocket socket =
        new MuxSocket(sessions.client(), address -> ("to " + address.getPort()).getBytes(UTF_8))) {
      socket.connect(SERVICE);
      assertThat(sessions.server().accept().metadata()).asString().isEqualTo("to 80");
    }
  }

  @Test
  void aSocketThatIsNotConnectedSaysSo() throws Exception {
    MuxSocket socket = new MuxSocket(sessions.client());
    assertThat(socket.isConnected()).isFalse();
    assertThat(socket.isBound()).isFalse();
    assertThat(socket.isClosed()).isFalse();
    assertThat(socket.getRemoteSocketAddress()).isNull();
    assertThat(socket.getInetAddress()).isNull();
    assertThat(socket.getPort()).isZero();
    assertThat(socket.getLocalPort()).isEqualTo(-1);
    assertThat(socket.getLocalSocketAddress()).isNull();
    assertThat(socket.getLocalAddress().isAnyLocalAddress()).isTrue();
    assertThatThrownBy(socket::stream).isInstanceOf(IllegalStateException.class);
    assertThat(socket.toString()).contains("unconnected");
    assertThatThrownBy(socket::getInputStream)
        .isInstanceOf(SocketException.class)
        .hasMessage("Socket is not connected");
    assertThatThrownBy(socket::getOutputStream).isInstanceOf(SocketException.class);
    assertThatThrownBy(socket::shutdownInput).isInstanceOf(SocketException.class);
    assertThatThrownBy(socket::shutdownOutput).isInstanceOf(SocketException.class);
  }

  @Test
  void aSocketIsConnectedAndBoundOnce() throws Exception {
    InetSocketAddress local = new InetSocketAddress(InetAddress.getLoopbackAddress(), 4321);
    MuxSocket socket = new MuxSocket(sessions.client());
    socket.bind(local);
    assertThat(socket.isBound()).isTrue();
    assertThatThrownBy(() -> socket.bind(null)).isInstanceOf(SocketException.class);
    socket.connect(SERVICE);
    assertThat(socket.getLocalSocketAddress()).isEqualTo(local);
    assertThat(socket.getLocalPort()).isEqualTo(4321);
    assertThatThrownBy(() -> socket.connect(SERVICE))
        .isInstanceOf(SocketException.class)
        .hasMessage("already connected");
    assertThat(socket.isClosed()).isFalse();
  }

  @Test
  void argumentsThatAreNoAddressOrNoTimeoutAreRefused() throws Exception {
    MuxSocket socket = new MuxSocket(sessions.client());
    assertThatThrownBy(() -> socket.connect(null)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> socket.connect(SERVICE, -1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> socket.setSoTimeout(-1)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> socket.bind(SERVICE)).isInstanceOf(SocketException.class);
    assertThat(socket.isClosed()).isFalse();
  }

  @Test
  void connectingOverASessionThatHasEndedFailsAndClosesTheSocket() throws Exception {
    sessions.client().abort();
    MuxSocket socket = new MuxSocket(sessions.client());
    assertThatThrownBy(() -> socket.connect(SERVICE))
        .isInstanceOf(ConnectException.class)
        .hasCauseInstanceOf(SessionException.class);
    assertThat(socket.isClosed()).isTrue();
    assertThat(socket.isConnected()).isFalse();
  }

  @Test
  void connectingWaitsForRoomInTheSessionUntilItsTimeoutOrUntilClosed() throws Exception {
    MuxLimits narrow = MuxLimits.builder().sessionQueueBytes(64 << 10).build();
    try (Sessions full = Sessions.open(PicoMux.builder().limits(narrow))) {
      MuxStream hog = full.client().open(new byte[0]);
      ByteBuffer data = ByteBuffer.allocate(1 << 20);
      // What there is credit for goes out and leaves room again.
      while (hog.stats().sendCreditFrames() > 0
          || full.client().stats().queuedBytes() < narrow.sessionQueueBytes()) {
        data.clear();
        hog.tryWrite(data);
      }

      MuxSocket late = new MuxSocket(full.client());
      assertThatThrownBy(() -> late.connect(SERVICE, 1)).isInstanceOf(SocketTimeoutException.class);
      assertThat(late.isClosed()).isTrue();

      MuxSocket closing = new MuxSocket(full.client());
      Blocked<Boolean> connect =
          Blocked.start(() -> {
            closing.connect(SERVICE);
            return closing.isConnected();
          });
      closing.close();
      assertThatThrownBy(connect::get)
          .isInstanceOf(SocketException.class)
          .hasMessage("Socket closed");

      MuxSocket patient = new MuxSocket(full.client());
      Blocked<Boolean> waiting =
          Blocked.start(() -> {
            patient.connect(SERVICE, 30_000);
            return patient.isConnected();
          });
      hog.reset();
      assertThat(waiting.get()).isTrue();
    }
  }

  // ---- addresses

  @Test
  void aConnectedSocketShowsTheAddressItAskedFor() throws Exception {
    MuxSocket near = sessions.connect()[0];
    assertThat(near.isConnected()).isTrue();
    assertThat(near.getRemoteSocketAddress()).isEqualTo(SERVICE);
    assertThat(near.getPort()).isEqualTo(80);
    assertThat(near.getInetAddress())
        .isEqualTo(InetAddress.getByAddress(new byte[4]))
        .hasToString("service.example/0.0.0.0");
    assertThat(near.isBound()).isTrue();
    assertThat(near.getLocalPort()).isZero();
    assertThat(near.getLocalAddress().isAnyLocalAddress()).isTrue();
    assertThat(near.getChannel()).isNull();
    assertThat(near.toString()).contains("service.example");
  }

  @Test
  void anAcceptedSocketShowsThePeerOfTheSession() throws Exception {
    MuxSocket far = sessions.connect()[1];
    assertThat(far.getRemoteSocketAddress()).isEqualTo(sessions.server().remoteAddress());
    assertThat(far.getInetAddress()).isEqualTo(InetAddress.getLoopbackAddress());
    assertThat(far.getPort()).isPositive();
    assertThat(far.stream().metadata()).asString().isEqualTo("service.example:80");
  }

  // ---- moving bytes

  @Test
  void halfCloseEndsOneDirection() throws Exception {
    MuxSocket[] ends = sessions.connect();
    ends[0].getOutputStream().write("question".getBytes(UTF_8));
    ends[0].shutdownOutput();
    assertThat(ends[1].getInputStream().readAllBytes()).asString().isEqualTo("question");
    ends[1].getOutputStream().write("answer".getBytes(UTF_8));
    ends[1].close();
    assertThat(ends[0].getInputStream().readAllBytes()).asString().isEqualTo("answer");
    assertThat(ends[0].isOutputShutdown()).isTrue();
    assertThat(ends[0].isInputShutdown()).isFalse();
    assertThatThrownBy(ends[0]::getOutputStream).isInstanceOf(SocketException.class);
    assertThatThrownBy(ends[0]::shutdownOutput).isInstanceOf(SocketException.class);
  }

  @Test
  void writingAfterShutdownOutputFails() throws Exception {
    MuxSocket near = sessions.connect()[0];
    OutputStream out = near.getOutputStream();
    near.shutdownOutput();
    assertThatThrownBy(() -> out.write(1))
        .isInstanceOf(SocketException.class)
        .hasCauseInstanceOf(StreamException.class);
  }

  @Test
  void availableTellsWhatCanBeReadAtOnce() throws Exception {
    MuxSocket[] ends = sessions.connect();
    InputStream in = ends[1].getInputStream();
    assertThat(in.available()).isZero();
    ends[0].getOutputStream().write(new byte[] {1, 2, 3});
    assertThat(in.read()).isEqualTo(1);
    assertThat(in.available()).isEqualTo(2);
    assertThat(in.readNBytes(2)).containsExactly(2, 3);
  }

  @Test
  void afterATimeoutTheSocketWorksOnAndNoByteIsLost() throws Exception {
    long seed = System.nanoTime();
    System.out.println("afterATimeoutTheSocketWorksOnAndNoByteIsLost: seed " + seed);
    Random random = new Random(seed);
    int chunks = 300;
    byte[] data = new byte[chunks * 2000];
    random.nextBytes(data);
    MuxSocket[] ends = sessions.connect();
    ends[1].setSoTimeout(1);
    assertThat(ends[1].getSoTimeout()).isEqualTo(1);

    Semaphore timeouts = new Semaphore(0);
    Blocked<Boolean> writer =
        Blocked.start(() -> {
          OutputStream out = ends[0].getOutputStream();
          for (int i = 0; i < chunks; i++) {
            timeouts.acquire();
            out.write(data, i * 2000, 2000);
          }
          ends[0].shutdownOutput();
          return true;
        });
    byte[] read = new byte[data.length];
    int n = 0;
    InputStream in = ends[1].getInputStream();
    while (true) {
      try {
        int r = in.read(read, n, Math.min(1 + random.nextInt(3000), read.length - n));
        if (r <= 0) {
          break;
        }
        n += r;
      } catch (SocketTimeoutException e) {
        assertThat(e.bytesTransferred).isZero();
        timeouts.release();
      }
    }
    assertThat(writer.get()).isTrue();
    assertThat(n).isEqualTo(data.length);
    assertThat(read).isEqualTo(data);
  }

  @Test
  void aTimeoutSetBeforeConnectingHolds() throws Exception {
    MuxSocket socket = new MuxSocket(sessions.client());
    socket.setSoTimeout(1);
    socket.connect(SERVICE);
    assertThat(socket.getSoTimeout()).isEqualTo(1);
    assertThatThrownBy(() -> socket.getInputStream().read())
        .isInstanceOf(SocketTimeoutException.class);
  }

  @Test
  void anInterruptEndsAReadAndLeavesTheSocketUsable() throws Exception {
    MuxSocket[] ends = sessions.connect();
    Blocked<Boolean> reader =
        Blocked.start(() -> {
          try {
            ends[0].getInputStream().read();
            return false;
          } catch (InterruptedIOException e) {
            return Thread.interrupted();
          }
        });
    reader.interrupt();
    assertThat(reader.get()).isTrue();
    ends[1].getOutputStream().write(7);
    assertThat(ends[0].getInputStream().read()).isEqualTo(7);
  }

  @Test
  void shuttingDownInputEndsReadsAndDiscardsWhatComes() throws Exception {
    MuxSocket[] ends = sessions.connect();
    ends[1].getOutputStream().write(new byte[100]);
    InputStream in = ends[0].getInputStream();
    assertThat(in.read()).isZero();
    ends[0].shutdownInput();
    assertThat(in.read()).isEqualTo(-1);
    assertThat(in.available()).isZero();
    assertThat(ends[0].isInputShutdown()).isTrue();
    assertThatThrownBy(ends[0]::getInputStream).isInstanceOf(SocketException.class);
    assertThatThrownBy(ends[0]::shutdownInput).isInstanceOf(SocketException.class);

    // Far more than any window, so it blocks for ever unless credit keeps coming.
    ends[1].getOutputStream().write(new byte[30_000_000]);
    assertThat(in.read()).isEqualTo(-1);
    ends[0].getOutputStream().write(5);
    assertThat(ends[1].getInputStream().read()).isEqualTo(5);
  }

  @Test
  void shuttingDownInputWakesAReader() throws Exception {
    MuxSocket near = sessions.connect()[0];
    Blocked<Integer> reader = Blocked.start(() -> near.getInputStream().read());
    near.shutdownInput();
    assertThat(reader.get()).isEqualTo(-1);
  }

  // ---- ending

  @Test
  void closingWakesAReader() throws Exception {
    MuxSocket near = sessions.connect()[0];
    Blocked<Integer> reader = Blocked.start(() -> near.getInputStream().read());
    near.close();
    assertThatThrownBy(reader::get)
        .isInstanceOf(SocketException.class)
        .hasMessage("Socket closed")
        .hasCauseInstanceOf(StreamException.class);
  }

  @Test
  void closingWakesAWriter() throws Exception {
    MuxSocket near = sessions.connect()[0];
    Blocked<Boolean> writer =
        Blocked.start(() -> {
          near.getOutputStream().write(new byte[30_000_000]);
          return true;
        });
    near.close();
    assertThatThrownBy(writer::get).isInstanceOf(SocketException.class).hasMessage("Socket closed");
  }

  @Test
  void aClosedSocketRefusesCallsAndRemembersWhatItWas() throws Exception {
    MuxSocket near = sessions.connect()[0];
    InputStream in = near.getInputStream();
    near.close();
    near.close();
    assertThat(near.isClosed()).isTrue();
    assertThat(near.isConnected()).isTrue();
    assertThat(near.isBound()).isTrue();
    assertThat(near.getRemoteSocketAddress()).isEqualTo(SERVICE);
    assertThatThrownBy(in::read).isInstanceOf(SocketException.class).hasMessage("Socket closed");
    assertThatThrownBy(in::available).isInstanceOf(SocketException.class);
    assertThatThrownBy(near::getInputStream)
        .isInstanceOf(SocketException.class)
        .hasMessage("Socket is closed");
    assertThatThrownBy(() -> near.connect(SERVICE)).isInstanceOf(SocketException.class);
    assertThatThrownBy(() -> near.setSoTimeout(1)).isInstanceOf(SocketException.class);
    assertThatThrownBy(near::getTcpNoDelay).isInstanceOf(SocketException.class);
  }

  @Test
  void closingAViewClosesTheSocketAndThePeerReadsWhatWasWritten() throws Exception {
    MuxSocket[] ends = sessions.connect();
    try (OutputStream out = ends[0].getOutputStream()) {
      out.write("all of it".getBytes(UTF_8));
    }
    assertThat(ends[0].isClosed()).isTrue();
    assertThat(ends[1].getInputStream().readAllBytes()).asString().isEqualTo("all of it");
    ends[1].getInputStream().close();
    assertThat(ends[1].isClosed()).isTrue();
  }

  @Test
  void closingWithoutLingerDropsWhatWasNotSent() throws Exception {
    MuxSocket near = sessions.connect()[0];
    ByteBuffer data = ByteBuffer.allocate(1 << 20);
    MuxStream stream = near.stream();
    while (stream.stats().queuedBytes() < 100_000) {
      data.clear();
      stream.tryWrite(data);
    }
    near.setSoLinger(true, 0);
    near.close();
    assertThat(sessions.client().stats().queuedBytes()).isZero();
  }

  @Test
  void theEndOfTheSessionIsTheCauseAndNoEndOfFile() throws Exception {
    MuxSocket[] ends = sessions.connect();
    ends[1].getOutputStream().write(1);
    assertThat(ends[0].getInputStream().read()).isEqualTo(1);
    Blocked<Integer> reader = Blocked.start(() -> ends[0].getInputStream().read());
    sessions.server().abort();
    assertThatThrownBy(reader::get)
        .isInstanceOf(SocketException.class)
        .cause()
        .isInstanceOfSatisfying(
            SessionException.class,
            e -> assertThat(e.reason()).isNotEqualTo(SessionEnd.PEER_CLOSED));
    assertThat(ends[0].isClosed()).isFalse();
  }
}
