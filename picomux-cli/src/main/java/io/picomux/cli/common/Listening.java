package io.picomux.cli.common;

import java.io.IOException;
import java.net.SocketAddress;
import picocli.CommandLine.Option;

/** The option {@code --insecure} and the rule that needs it. */
public final class Listening {

  @Option(
      names = "--insecure",
      description = {
        "Listen beyond loopback although nothing authenticates",
        "or encrypts: everyone who reaches the address can use it."
      })
  private boolean insecure;

  /** Made by picocli. */
  public Listening() {}

  /** Begins to listen at an address. */
  @FunctionalInterface
  public interface Listen<T> {
    /**
     * What listens at {@code address}.
     *
     * @throws IOException when the address cannot be listened at
     */
    T at(SocketAddress address) throws IOException;
  }

  /**
   * Listens at {@code address}.
   *
   * @throws CommandFailure when the address is reachable for others and {@code --insecure} is not
   *     given, or when it cannot be listened at
   */
  public <T> T listen(ListenAddress address, Listen<T> listen) {
    if (!insecure && !address.isLoopback()) {
      throw new CommandFailure(
          "--listen "
              + address.text()
              + " can be reached from other machines, and nothing authenticates who comes;"
              + " listen at 127.0.0.1, or add --insecure if that is what you want");
    }
    try {
      return listen.at(address.address());
    } catch (IOException e) {
      throw new CommandFailure(
          "cannot listen at "
              + address.text()
              + ": "
              + e.getMessage()
              + "; choose another address or port (port 0: the system chooses)",
          e);
    }
  }
}
