package io.picomux.interop;

import io.picomux.core.Command;
import io.picomux.core.FrameDecoder;
import io.picomux.core.ProtocolViolationException;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** A connected socket without a channel that keeps a copy of what is written to it. */
final class TappedSocket extends Socket {

  private final ByteArrayOutputStream written = new ByteArrayOutputStream();

  TappedSocket(int port) throws IOException {
    connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    return new FilterOutputStream(super.getOutputStream()) {
      @Override
      public void write(int octet) throws IOException {
        write(new byte[] {(byte) octet}, 0, 1);
      }

      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        written.write(bytes, offset, length);
        out.write(bytes, offset, length);
      }
    };
  }

  /** The bodies of the PINGs that were written so far. */
  List<String> pingBodies() throws ProtocolViolationException {
    List<String> bodies = new ArrayList<>();
    FrameDecoder decoder = new FrameDecoder();
    ByteBuffer bytes = ByteBuffer.wrap(written.toByteArray());
    FrameDecoder.Step step;
    while ((step = decoder.next(bytes)) != FrameDecoder.Step.NEED_INPUT) {
      if (step == FrameDecoder.Step.CONTROL && decoder.command() == Command.PING) {
        bodies.add(new String(decoder.body(), StandardCharsets.UTF_8));
      } else if (step == FrameDecoder.Step.DATA) {
        bytes.position(bytes.position() + decoder.dataBytes());
      }
    }
    return bodies;
  }
}
