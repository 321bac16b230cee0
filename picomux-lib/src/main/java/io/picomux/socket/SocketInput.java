package io.picomux.socket;

import io.picomux.MuxException;
import io.picomux.MuxStream;
import java.io.IOException;
import java.io.InputStream;

/** What {@link MuxSocket#getInputStream()} returns: the stream, with the errors of a socket. */
final class SocketInput extends InputStream {
  private final MuxSocket socket;
  private final MuxStream stream;
  private final InputStream input;

  SocketInput(MuxSocket socket, MuxStream stream) {
    this.socket = socket;
    this.stream = stream;
    this.input = stream.inputStream();
  }

  @Override
  public int read() throws IOException {
    try {
      return input.read();
    } catch (MuxException e) {
      throw socket.failure(e);
    }
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    try {
      return stream.read(target, offset, length);
    } catch (MuxException e) {
      throw socket.failure(e);
    }
  }

  @Override
  public int available() throws IOException {
    try {
      return input.available();
    } catch (MuxException e) {
      throw socket.failure(e);
    }
  }

  @Override
  public void close() {
    socket.close();
  }
}
