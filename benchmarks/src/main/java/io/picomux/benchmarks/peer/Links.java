package io.picomux.benchmarks.peer;

import io.picomux.benchmarks.callback.CallbackConnection;
import io.picomux.benchmarks.events.EventConnection;
import io.picomux.benchmarks.events.EventScenarios;
import io.picomux.benchmarks.http2.Http2Client;
import io.picomux.benchmarks.http2.Http2Server;
import io.picomux.benchmarks.link.Connection;
import io.picomux.benchmarks.link.Listener;
import io.picomux.benchmarks.link.PeerKind;
import io.picomux.benchmarks.scenario.Result;
import io.picomux.benchmarks.scenario.Scenario;
import java.io.IOException;
import java.net.InetSocketAddress;

/** Both ends of every kind of peer, with blocking streams or event-driven ones. Stateless. */
final class Links {

  private Links() {}

  /**
   * Serves at an address.
   *
   * @throws IllegalArgumentException when this kind knows no callbacks and they are wanted
   */
  static Listener listen(PeerKind kind, InetSocketAddress address, boolean callbacks)
      throws IOException {
    // Its handlers are callbacks always.
    return kind.isRival() ? Http2Server.listen(address) : kind.listen(address, callbacks);
  }

  /** Connects and runs a scenario, and then something else before everything is closed. */
  static void run(
      PeerKind kind, InetSocketAddress address, Scenario scenario, Result result, Then then)
      throws Exception {
    if (kind.isEventDriven()) {
      try (EventConnection connection =
          kind.isRival() ? Http2Client.connect(address) : CallbackConnection.connect(address)) {
        EventScenarios.run(connection, scenario, result);
        then.run();
      }
    } else {
      try (Connection connection = kind.connect(address)) {
        scenario.run(connection, kind.threads(), result);
        then.run();
      }
    }
  }

  /** What is done while streams are still open. */
  interface Then {
    void run() throws IOException;
  }

  static String describe(PeerKind kind) throws IOException {
    return kind.isRival() ? kind + " " + Http2Client.describe() : kind.describe();
  }
}
