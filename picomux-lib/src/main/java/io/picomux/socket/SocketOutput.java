package io.picomux.socket;

import io.picomux.MuxException;
import io.picomux.MuxStream;
import java.io.IOException;
import java.io.OutputStream;

/** What {@link MuxSocket#getOutputStream()} returns: the stream, with the errors of a socket. */
final class SocketOutput extends OutputStream {
  private final MuxSocket socket;
  private final MuxStream stream;

  SocketOutput(MuxSocket socket, MuxStream stream) {
    this.socket = socket;
    this.stream = stream;
  }

  @Override
  public void write(int value) throws IOException {
    write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    try {
      stream.write(source, offset, length);
    } catch (MuxException e) {
      throw socket.failure(e);
    }
  }

  @Override
  public void flush() {
    stream.flush();
  }

  @Override
  public void close() {
    socket.close();
  }
}
