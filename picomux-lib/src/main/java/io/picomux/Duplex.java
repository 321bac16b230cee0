package io.picomux;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;

/**
 * One end of a two-way connection, as {@link Splice} needs it. The two directions are used by a
 * thread each.
 */
public interface Duplex extends Closeable {
  /** Returns the direction from the other party. */
  InputStream inputStream() throws IOException;

  /** Returns the direction to the other party. */
  OutputStream outputStream() throws IOException;

  /** Ends the direction to the other party; the other direction goes on. */
  void shutdownOutput() throws IOException;

  /** Drops both directions at once, so that the other party notices that something went wrong. */
  void reset() throws IOException;

  /**
   * Returns a stream as an end. The end of what is sent is never held back on a stream that the
   * peer has opened: there its last byte usually ends the exchange.
   */
  static Duplex of(MuxStream stream) {
    return new Duplex() {
      @Override
      public InputStream inputStream() {
        return stream.inputStream();
      }

      @Override
      public OutputStream outputStream() {
        return stream.outputStream();
      }

      @Override
      public void shutdownOutput() {
        if (stream.isOpenedHere()) {
          stream.shutdownOutput();
        } else {
          stream.shutdownOutputNow();
        }
      }

      @Override
      public void reset() {
        stream.reset();
      }

      @Override
      public void close() {
        stream.close();
      }

      @Override
      public String toString() {
        return stream.toString();
      }
    };
  }

  /** Returns a connected socket as an end; {@link #reset()} makes TCP send a reset. */
  static Duplex of(Socket socket) {
    return new Duplex() {
      @Override
      public InputStream inputStream() throws IOException {
        return socket.getInputStream();
      }

      @Override
      public OutputStream outputStream() throws IOException {
        return socket.getOutputStream();
      }

      @Override
      public void shutdownOutput() throws IOException {
        socket.shutdownOutput();
      }

      @Override
      public void reset() throws IOException {
        socket.setSoLinger(true, 0);
        socket.close();
      }

      @Override
      public void close() throws IOException {
        socket.close();
      }

      @Override
      public String toString() {
        return String.valueOf(socket.getRemoteSocketAddress());
      }
    };
  }
}
