package io.picomux.benchmarks.callback;

import io.picomux.MuxStream;
import io.picomux.PicoMux;
import io.picomux.benchmarks.events.ClientStream;
import io.picomux.benchmarks.events.EventConnection;
import io.picomux.benchmarks.link.CallbackSessions;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SocketChannel;

/**
 * One session of a client whose callbacks run on the thread that reads; a lock keeps them apart
 * from what the client begins with on a thread of its own. Safe for concurrent use.
 */
public final class CallbackConnection implements EventConnection {
  private static final byte[] NO_METADATA = {};

  private final PicoMux session;
  private final Object lock = new Object();

  private CallbackConnection(PicoMux session) {
    this.session = session;
  }

  /** Connects to a server. */
  public static CallbackConnection connect(InetSocketAddress address) throws IOException {
    return new CallbackConnection(
        CallbackSessions.settings().over(SocketChannel.open(address).socket()));
  }

  @Override
  public void execute(Runnable task) {
    synchronized (lock) {
      task.run();
    }
  }

  @Override
  public void open(ClientStream stream, Runnable onOpen) {
    MuxStream carrier;
    try {
      carrier = session.open(NO_METADATA);
    } catch (IOException e) {
      stream.fail(e);
      return;
    }
    CallbackStream port = new CallbackStream(carrier, stream, lock);
    stream.bind(port);
    carrier.onReadable(port);
    onOpen.run();
  }

  @Override
  public void close() {
    session.close();
  }
}
