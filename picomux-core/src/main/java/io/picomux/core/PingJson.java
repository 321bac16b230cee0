package io.picomux.core;

final class PingJson {
  private PingJson() {}

  static PingBody parse(byte[] b, int o, int l) throws ProtocolViolationException {
    return new PingBody(
        0, new String(b, o, l, java.nio.charset.StandardCharsets.UTF_8).contains("half_close"));
  }

  static byte[] encode(long ms, boolean offer) {
    return ("{\"next_ping_in_ms\":"
            + ms
            + (offer ? ",\"picomux_java\":{\"half_close\":1}" : "")
            + "}")
        .getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }
}
