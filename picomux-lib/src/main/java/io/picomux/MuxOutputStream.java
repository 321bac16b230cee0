package io.picomux;

import java.io.IOException;
import java.io.OutputStream;

/** The direction of a stream to the peer, as an {@link OutputStream}. It holds nothing back. */
final class MuxOutputStream extends OutputStream {
  private final MuxStream stream;

  MuxOutputStream(MuxStream stream) {
    this.stream = stream;
  }

  @Override
  public void write(int value) throws IOException {
    stream.write(new byte[] {(byte) value}, 0, 1);
  }

  @Override
  public void write(byte[] source, int offset, int length) throws IOException {
    stream.write(source, offset, length);
  }

  @Override
  public void flush() {
    stream.flush();
  }

  @Override
  public void close() {
    stream.close();
  }
}
