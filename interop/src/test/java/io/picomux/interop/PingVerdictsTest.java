package io.picomux.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The recorded verdicts on PING bodies are what running Rust peers do on the wire. */
class PingVerdictsTest {

  private static final Path TABLE =
      Path.of("../picomux-core/src/test/resources/ping-json/verdicts.tsv");

  private static final int HEADER_BYTES = 8;
  private static final byte VERSION = 1;
  private static final byte PING = (byte) 0xA0;
  private static final byte PONG = (byte) 0xA1;

  /** No answer takes longer than this unless the peer hangs. */
  private static final int READ_LIMIT_MILLIS = 60_000;

  /**
   * One line of the table.
   *
   * @param accepted whether serde_json accepts the body
   * @param runs the body as runs of hex
   * @param label what the body tries
   */
  private record Verdict(boolean accepted, String runs, String label) {

    byte[] body() {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      if (!runs.equals("-")) {
        for (String run : runs.split(" ", -1)) {
          String[] parts = run.split("\\*", -1);
          int count = parts.length == 1 ? 1 : Integer.parseInt(parts[1]);
          byte[] pattern = HexFormat.of().parseHex(parts[0]);
          for (int i = 0; i < count; i++) {
            body.writeBytes(pattern);
          }
        }
      }
      return body.toByteArray();
    }
  }

  @ParameterizedTest
  @EnumSource
  void peerAnswersEveryAcceptedBodyWithPong(CrateVersion version) throws IOException {
    List<Verdict> accepted = verdicts().stream().filter(Verdict::accepted).toList();
    try (PeerProcess peer = RustPeers.listen(version);
        Socket socket = connect(peer)) {
      DataInputStream input = input(socket);
      for (Verdict verdict : accepted) {
        socket.getOutputStream().write(pingFrame(verdict.body()));
        assertThat(answersPong(input)).as(verdict.label()).isTrue();
      }
    }
    assertThat(accepted).hasSizeGreaterThan(300);
  }

  @ParameterizedTest
  @EnumSource
  void peerEndsTheSessionAtEveryRefusedBody(CrateVersion version) throws IOException {
    List<Verdict> refused = verdicts().stream().filter(verdict -> !verdict.accepted()).toList();
    try (PeerProcess peer = RustPeers.listen(version)) {
      for (Verdict verdict : refused) {
        try (Socket socket = connect(peer)) {
          socket.getOutputStream().write(pingFrame(verdict.body()));
          assertThat(answersPong(input(socket))).as(verdict.label()).isFalse();
        }
        PeerProcess.SessionReport report = peer.nextReport();
        assertThat(report.end()).as(verdict.label()).contains("invalid PING data");
      }
    }
    assertThat(refused).hasSizeGreaterThan(800);
  }

  private static Socket connect(PeerProcess peer) throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), peer.port());
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(READ_LIMIT_MILLIS);
    return socket;
  }

  private static DataInputStream input(Socket socket) throws IOException {
    return new DataInputStream(new BufferedInputStream(socket.getInputStream()));
  }

  private static byte[] pingFrame(byte[] body) {
    return ByteBuffer.allocate(HEADER_BYTES + body.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .put(VERSION)
        .put(PING)
        .putShort((short) body.length)
        .putInt(0)
        .put(body)
        .array();
  }

  /** Reads frames up to a PONG, or to the end of the session. */
  private static boolean answersPong(DataInputStream input) throws IOException {
    byte[] header = new byte[HEADER_BYTES];
    while (true) {
      try {
        input.readFully(header);
        ByteBuffer fields = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
        input.skipNBytes(Short.toUnsignedInt(fields.getShort(2)));
      } catch (EOFException | SocketException e) {
        // A peer drops the connection, which resets it where bytes are left unread.
        return false;
      }
      if (header[1] == PONG) {
        return true;
      }
    }
  }

  private static List<Verdict> verdicts() throws IOException {
    List<Verdict> verdicts = new ArrayList<>();
    for (String line : Files.readAllLines(TABLE)) {
      if (!line.startsWith("#")) {
        String[] columns = line.split("\t", -1);
        verdicts.add(new Verdict(columns[0].equals("ok"), columns[2], columns[3]));
      }
    }
    return verdicts;
  }
}
