package io.picomux.tunnel;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.ChannelHandler;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.socksx.SocksMessage;
import io.netty.handler.codec.socksx.SocksVersion;
import io.netty.handler.codec.socksx.v4.DefaultSocks4CommandResponse;
import io.netty.handler.codec.socksx.v4.Socks4CommandRequest;
import io.netty.handler.codec.socksx.v4.Socks4CommandStatus;
import io.netty.handler.codec.socksx.v4.Socks4CommandType;
import io.netty.handler.codec.socksx.v4.Socks4ServerDecoder;
import io.netty.handler.codec.socksx.v4.Socks4ServerEncoder;
import io.netty.handler.codec.socksx.v5.DefaultSocks5CommandResponse;
import io.netty.handler.codec.socksx.v5.DefaultSocks5InitialResponse;
import io.netty.handler.codec.socksx.v5.Socks5AddressDecoder;
import io.netty.handler.codec.socksx.v5.Socks5AddressType;
import io.netty.handler.codec.socksx.v5.Socks5AuthMethod;
import io.netty.handler.codec.socksx.v5.Socks5CommandRequest;
import io.netty.handler.codec.socksx.v5.Socks5CommandRequestDecoder;
import io.netty.handler.codec.socksx.v5.Socks5CommandStatus;
import io.netty.handler.codec.socksx.v5.Socks5CommandType;
import io.netty.handler.codec.socksx.v5.Socks5InitialRequest;
import io.netty.handler.codec.socksx.v5.Socks5InitialRequestDecoder;
import io.netty.handler.codec.socksx.v5.Socks5ServerEncoder;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The server's side of a SOCKS handshake as pure code: bytes of the client in, bytes for the client
 * and at last a destination out. SOCKS5 (RFC 1928) without authentication, SOCKS4 and SOCKS4a; the
 * one command is CONNECT.
 *
 * <p>The reading of the bytes is Netty's codec in an {@link EmbeddedChannel}, which has no thread
 * and no socket. Not thread-safe.
 *
 * <pre>
 *   VERSION --5--> GREETING --no authentication--> REQUEST5 --CONNECT--> DONE
 *      |              |                               |
 *      |              +--------- anything else -------+--> FAILED
 *      +--4--> REQUEST4 --CONNECT--> DONE
 * </pre>
 */
final class SocksHandshake {

  /** How far the handshake is. */
  enum State {
    /** Nothing has been read. */
    VERSION,
    /** A SOCKS5 client is naming its authentication methods. */
    GREETING,
    /** A SOCKS5 client is naming its destination. */
    REQUEST5,
    /** A SOCKS4 client is naming its destination. */
    REQUEST4,
    /** The destination is known; the answer to it is not given yet. */
    DONE,
    /** The client asked for what cannot be given: send it what is left to send, then close. */
    FAILED
  }

  private static final byte[] NOTHING = {};

  private final ByteArrayOutputStream toClient = new ByteArrayOutputStream();
  private State state = State.VERSION;

  /** Reads the message of the current state; null before the version is known. */
  private @Nullable EmbeddedChannel decoder;

  private boolean socks4;
  private @Nullable Destination destination;
  private byte[] rest = NOTHING;
  private String failure = "";

  State state() {
    return state;
  }

  /** Takes {@code bytes} of the client. Must not be called once the handshake is DONE or FAILED. */
  void receive(byte[] bytes) {
    if (state == State.DONE || state == State.FAILED) {
      throw new IllegalStateException("the handshake is " + state);
    }
    byte[] unread = bytes;
    while (unread.length > 0 && state != State.DONE && state != State.FAILED) {
      unread = step(unread);
    }
    rest = unread;
  }

  /** What is to be sent to the client now; each byte is given once. */
  byte[] takeOutput() {
    byte[] bytes = toClient.toByteArray();
    toClient.reset();
    return bytes;
  }

  /** The destination, once the handshake is DONE. */
  Destination destination() {
    if (destination == null) {
      throw new IllegalStateException("the handshake is " + state);
    }
    return destination;
  }

  /** Bytes that came behind the request, the first ones for the destination, once DONE. */
  byte[] rest() {
    return rest;
  }

  /** Why the handshake FAILED, safe to print. */
  String failure() {
    return failure;
  }

  /** Answers the request with success: what follows is data. The handshake must be DONE. */
  void accept() {
    answer(Socks5CommandStatus.SUCCESS, Socks4CommandStatus.SUCCESS);
  }

  /** Answers the request with failure: there is no way to the destination. It must be DONE. */
  void refuse() {
    answer(Socks5CommandStatus.NETWORK_UNREACHABLE, Socks4CommandStatus.REJECTED_OR_FAILED);
  }

  /** Reads one message, or a part of it, from {@code bytes}; returns what stands behind it. */
  private byte[] step(byte[] bytes) {
    if (decoder == null) {
      switch (bytes[0]) {
        case 5 -> expect(State.GREETING, new Socks5InitialRequestDecoder());
        case 4 -> expect(State.REQUEST4, new Socks4ServerDecoder());
        default -> {
          fail("not a SOCKS client: the first byte is " + (bytes[0] & 0xff) + ", must be 4 or 5");
          return NOTHING;
        }
      }
    }
    EmbeddedChannel reading = Objects.requireNonNull(decoder);
    try {
      reading.writeInbound(Unpooled.wrappedBuffer(bytes));
    } catch (DecoderException e) {
      if (state != State.REQUEST4) {
        throw e;
      }
      // What Netty makes of a broken SOCKS4 request holds the name that broke it, and breaks again.
      onBrokenRequest4();
      return NOTHING;
    }
    Object message = reading.readInbound();
    if (message == null) {
      return NOTHING;
    }
    // A decoder passes on what stands behind its message.
    ByteArrayOutputStream behind = new ByteArrayOutputStream();
    for (Object next = reading.readInbound(); next != null; next = reading.readInbound()) {
      if (next instanceof ByteBuf buffer) {
        behind.writeBytes(ByteBufUtil.getBytes(buffer));
        buffer.release();
      }
    }
    reading.finishAndReleaseAll();
    onMessage(message);
    return behind.toByteArray();
  }

  private void onMessage(Object message) {
    if (message instanceof Socks5InitialRequest greeting) {
      onGreeting(greeting);
    } else if (message instanceof Socks5CommandRequest request) {
      onRequest5(request);
    } else if (message instanceof Socks4CommandRequest request) {
      onRequest4(request);
    } else {
      fail("unexpected " + message.getClass().getSimpleName());
    }
  }

  private void onGreeting(Socks5InitialRequest greeting) {
    if (greeting.decoderResult().isFailure()) {
      send(new DefaultSocks5InitialResponse(Socks5AuthMethod.UNACCEPTED));
      fail("broken SOCKS5 greeting");
    } else if (greeting.authMethods().contains(Socks5AuthMethod.NO_AUTH)) {
      send(new DefaultSocks5InitialResponse(Socks5AuthMethod.NO_AUTH));
      expect(State.REQUEST5, new Socks5CommandRequestDecoder(SocksHandshake::decodeAddress));
    } else {
      send(new DefaultSocks5InitialResponse(Socks5AuthMethod.UNACCEPTED));
      fail("the client offers no access without authentication");
    }
  }

  private void onRequest5(Socks5CommandRequest request) {
    if (request.decoderResult().isFailure()) {
      answer5(Socks5CommandStatus.ADDRESS_UNSUPPORTED);
      fail("broken SOCKS5 request");
    } else if (!request.type().equals(Socks5CommandType.CONNECT)) {
      answer5(Socks5CommandStatus.COMMAND_UNSUPPORTED);
      fail("SOCKS5 command " + request.type() + " is not supported, only CONNECT");
    } else if (!connectTo(request.dstAddr(), request.dstPort())) {
      answer5(Socks5CommandStatus.HOST_UNREACHABLE);
    }
  }

  private void onRequest4(Socks4CommandRequest request) {
    socks4 = true;
    if (request.decoderResult().isFailure()) {
      onBrokenRequest4();
    } else if (!request.type().equals(Socks4CommandType.CONNECT)) {
      answer4(Socks4CommandStatus.REJECTED_OR_FAILED);
      fail("SOCKS4 command " + request.type() + " is not supported, only CONNECT");
    } else if (!connectTo(request.dstAddr(), request.dstPort())) {
      answer4(Socks4CommandStatus.REJECTED_OR_FAILED);
    }
  }

  private void onBrokenRequest4() {
    answer4(Socks4CommandStatus.REJECTED_OR_FAILED);
    fail("broken SOCKS4 request");
  }

  private boolean connectTo(String host, int port) {
    try {
      destination = new Destination(host, port);
      state = State.DONE;
      return true;
    } catch (IllegalArgumentException e) {
      fail("bad destination: " + e.getMessage());
      return false;
    }
  }

  private void answer(Socks5CommandStatus status5, Socks4CommandStatus status4) {
    if (state != State.DONE) {
      throw new IllegalStateException("the handshake is " + state);
    }
    if (socks4) {
      answer4(status4);
    } else {
      answer5(status5);
    }
  }

  /**
   * The address in an answer to CONNECT is that of the proxy's own socket: unknown here, so zero.
   */
  private void answer5(Socks5CommandStatus status) {
    send(new DefaultSocks5CommandResponse(status, Socks5AddressType.IPv4, "0.0.0.0", 0));
  }

  private void answer4(Socks4CommandStatus status) {
    send(new DefaultSocks4CommandResponse(status));
  }

  private void send(SocksMessage message) {
    EmbeddedChannel encoder =
        channel(
            message.version() == SocksVersion.SOCKS5
                ? Socks5ServerEncoder.DEFAULT
                : Socks4ServerEncoder.INSTANCE);
    encoder.writeOutbound(message);
    for (ByteBuf buffer = encoder.readOutbound(); buffer != null; buffer = encoder.readOutbound()) {
      toClient.writeBytes(ByteBufUtil.getBytes(buffer));
      buffer.release();
    }
    encoder.finishAndReleaseAll();
  }

  private void expect(State next, ChannelHandler reader) {
    state = next;
    decoder = channel(reader);
  }

  private void fail(String why) {
    state = State.FAILED;
    failure = why;
  }

  /**
   * The address of a request as text. Netty would read names as ASCII and turn the bytes of an
   * international one into another name; read as UTF-8 it takes its {@code xn--} form in the
   * request.
   */
  private static String decodeAddress(Socks5AddressType type, ByteBuf in) throws Exception {
    if (!type.equals(Socks5AddressType.DOMAIN)) {
      return Socks5AddressDecoder.DEFAULT.decodeAddress(type, in);
    }
    byte[] name = new byte[in.readUnsignedByte()];
    in.readBytes(name);
    return UTF_8.newDecoder().decode(ByteBuffer.wrap(name)).toString();
  }

  private static EmbeddedChannel channel(ChannelHandler handler) {
    EmbeddedChannel channel = new EmbeddedChannel();
    // A few bytes a handshake: arenas of pooled memory would cost more than they save.
    channel.config().setAllocator(UnpooledByteBufAllocator.DEFAULT);
    channel.pipeline().addLast(handler);
    return channel;
  }
}
