package example.echo;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.picomux.MuxStream;
import io.picomux.PicoMux;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Collectors;

/** Sends a million bytes to an echo over one stream and compares what comes back. */
final class Main {

  private static final byte[] METADATA = "echo please".getBytes(UTF_8);

  private Main() {}

  public static void main(String[] arguments) throws Exception {
    System.out.println("modules: " + modulesOutsideThePlatform());
    byte[] sent = new byte[1_000_000];
    new Random(42).nextBytes(sent);
    try (ServerSocketChannel listener = ServerSocketChannel.open()) {
      listener.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      Thread server = Thread.ofVirtual().start(() -> echoOnce(listener));
      try (PicoMux mux = PicoMux.connect((InetSocketAddress) listener.getLocalAddress());
          MuxStream stream = mux.open(METADATA)) {
        Thread writer = Thread.ofVirtual().start(() -> writeAll(stream, sent));
        byte[] received = stream.inputStream().readAllBytes();
        writer.join();
        System.out.println("same bytes: " + Arrays.equals(sent, received));
      }
      server.join();
    }
  }

  private static void echoOnce(ServerSocketChannel listener) {
    try (PicoMux mux = PicoMux.over(listener.accept());
        MuxStream stream = mux.accept()) {
      System.out.println("metadata: " + new String(stream.metadata(), UTF_8));
      stream.inputStream().transferTo(stream.outputStream());
      stream.shutdownOutput();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static void writeAll(MuxStream stream, byte[] bytes) {
    try {
      stream.outputStream().write(bytes);
      stream.shutdownOutput();
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static String modulesOutsideThePlatform() {
    return ModuleLayer.boot().modules().stream()
        .map(Module::getName)
        .filter(name -> !name.startsWith("java.") && !name.startsWith("jdk."))
        .sorted()
        .collect(Collectors.joining(" "));
  }
}
