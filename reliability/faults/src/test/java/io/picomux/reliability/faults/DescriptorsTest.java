package io.picomux.reliability.faults;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.MuxStream;
import io.picomux.PicoMux;
import io.picomux.PicoMuxServer;
import io.picomux.SessionException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Clients and exits that run out of descriptors; servers: the library's own tests. */
@Timeout(150)
@EnabledOnOs(OS.LINUX)
class DescriptorsTest {
  private static final int DESCRIPTORS = 80;
  private static final List<String> HEAP = List.of("-Xmx64m");

  private static PackedClassPath classes;

  @BeforeAll
  static void pack() throws IOException {
    classes = new PackedClassPath();
  }

  @AfterAll
  static void dropPacked() throws IOException {
    classes.close();
  }

  @Test
  void aClientWithoutDescriptorsFailsToConnectAndItsSessionsGoOn() throws Exception {
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (PicoMuxServer server = PicoMuxServer.listen(any, PicoMux::awaitTermination);
        ChildProcess client =
            ChildProcess.withDescriptors(
                DESCRIPTORS,
                ChildProcess.java(
                    classes.value(),
                    ExhaustingClient.class,
                    HEAP,
                    Integer.toString(((InetSocketAddress) server.localAddress()).getPort())))) {
      client.awaitLine("not connected: .*Too many open files");
      assertThat(client.awaitNumber("alive")).isPositive();
      client.awaitLine("^connected$");
      assertThat(client.awaitExit()).as(client.output()).isZero();
    }
  }

  /** What the exit cannot dial ends that stream, with a failure, and nothing else. */
  @RepeatedTest(3)
  void anExitWithoutDescriptorsFailsTheStreamsThatItCannotServe() throws Exception {
    try (Greeter destination = new Greeter();
        ChildProcess exit =
            ChildProcess.withDescriptors(
                DESCRIPTORS,
                ChildProcess.java(
                    classes.value(), ExitPeer.class, HEAP, Integer.toString(destination.port())));
        PicoMux mux =
            PicoMux.connect(
                new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), exit.awaitNumber("port")))) {
      byte[] metadata = ("127.0.0.1:" + destination.port()).getBytes(UTF_8);
      List<MuxStream> served = new ArrayList<>();
      List<MuxStream> streams = new ArrayList<>();
      for (int i = 0; i < DESCRIPTORS; i++) {
        streams.add(mux.open(metadata));
      }
      for (MuxStream stream : streams) {
        if (isServed(stream, exit)) {
          served.add(stream);
        }
      }
      assertThat(served).as(exit.output()).isNotEmpty().hasSizeLessThan(DESCRIPTORS);
      for (MuxStream stream : served) {
        stream.outputStream().write(Greeter.QUESTION);
        assertThat(stream.inputStream().read()).isEqualTo(Greeter.ANSWER);
        stream.close();
      }
      Waiting.until(() -> isServedAnew(mux, metadata, exit));
    }
  }

  private static boolean isServedAnew(PicoMux mux, byte[] metadata, ChildProcess exit) {
    try (MuxStream stream = mux.open(metadata)) {
      return isServed(stream, exit);
    } catch (IOException e) {
      throw new AssertionError("the session is over", e);
    }
  }

  /** Returns whether the destination greets; that it does not is a failure, never an end. */
  private static boolean isServed(MuxStream stream, ChildProcess exit) {
    stream.setReadTimeout(Duration.ofSeconds(20));
    int first;
    try {
      first = stream.inputStream().read();
    } catch (SocketTimeoutException e) {
      throw new AssertionError("neither served nor failed:\n" + exit.output(), e);
    } catch (IOException e) {
      assertThat(e).isNotInstanceOf(SessionException.class);
      return false;
    }
    assertThat(first).as(exit.output()).isEqualTo(Greeter.GREETING);
    return true;
  }
}
