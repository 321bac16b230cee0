package io.picomux;

import java.io.IOException;
import java.io.InputStream;

/** The direction of a stream from the peer, as an {@link InputStream}. */
final class MuxInputStream extends InputStream {
  private final MuxStream stream;

  MuxInputStream(MuxStream stream) {
    this.stream = stream;
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return stream.read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    return stream.read(target, offset, length);
  }

  @Override
  public int available() throws IOException {
    return stream.available();
  }

  @Override
  public void close() {
    stream.close();
  }
}
