package io.picomux.socket;

import java.net.SocketOption;
import java.net.StandardSocketOptions;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The socket options that a socket accepts and remembers. Safe for concurrent use.
 *
 * <p>They describe a TCP connection, and a stream is none: except where the socket says otherwise
 * they have no effect.
 */
final class OptionValues {
  /**
   * What the buffer sizes are said to be; chosen by judgement. Drivers take it for the size of
   * their own buffers.
   */
  private static final int BUFFER_BYTES = 64 << 10;

  /** The longest time that SO_LINGER can express, in seconds, as {@link java.net.Socket} has it. */
  private static final int MAX_LINGER_SECONDS = 65_535;

  /** The class with the options of the JDK beyond the standard ones, in a module of its own. */
  private static final String EXTENDED_OPTIONS = "jdk.net.ExtendedSocketOptions";

  /** Options of that class which TCP sockets have, with the defaults of Linux: s, s, probes. */
  private static final Map<String, Object> EXTENDED_DEFAULTS =
      Map.of(
          "TCP_KEEPIDLE", 7200, "TCP_KEEPINTERVAL", 75, "TCP_KEEPCOUNT", 9, "TCP_QUICKACK", true);

  private static final Map<SocketOption<?>, Object> EXTENDED = extendedOptions();

  private final Map<SocketOption<?>, Object> values;
  private final Set<SocketOption<?>> supported;

  private OptionValues(Map<SocketOption<?>, Object> defaults) {
    this.values = new ConcurrentHashMap<>(defaults);
    this.supported = Set.copyOf(defaults.keySet());
  }

  /** Returns the options of a socket, with the defaults of a TCP socket. */
  static OptionValues ofSocket() {
    Map<SocketOption<?>, Object> defaults = new HashMap<>(EXTENDED);
    defaults.put(StandardSocketOptions.IP_TOS, 0);
    defaults.put(StandardSocketOptions.SO_KEEPALIVE, false);
    defaults.put(StandardSocketOptions.SO_LINGER, -1);
    defaults.put(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES);
    defaults.put(StandardSocketOptions.SO_REUSEADDR, false);
    defaults.put(StandardSocketOptions.SO_REUSEPORT, false);
    defaults.put(StandardSocketOptions.SO_SNDBUF, BUFFER_BYTES);
    defaults.put(StandardSocketOptions.TCP_NODELAY, false);
    return new OptionValues(defaults);
  }

  /** Returns the options of a server socket, with the defaults of a TCP one on Linux. */
  static OptionValues ofServerSocket() {
    Map<SocketOption<?>, Object> defaults = new HashMap<>(EXTENDED);
    defaults.put(StandardSocketOptions.IP_TOS, 0);
    defaults.put(StandardSocketOptions.SO_RCVBUF, BUFFER_BYTES);
    defaults.put(StandardSocketOptions.SO_REUSEADDR, true);
    defaults.put(StandardSocketOptions.SO_REUSEPORT, false);
    return new OptionValues(defaults);
  }

  /**
   * Returns the extended options, found by name because a program may run without their module.
   * Apache HttpCore sets three of them on every server socket.
   */
  private static Map<SocketOption<?>, Object> extendedOptions() {
    Map<SocketOption<?>, Object> found = new HashMap<>();
    EXTENDED_DEFAULTS.forEach((name, value) -> {
      try {
        if (Class.forName(EXTENDED_OPTIONS).getField(name).get(null)
            instanceof SocketOption<?> option) {
          found.put(option, value);
        }
      } catch (ReflectiveOperationException e) {
        System.getLogger("io.picomux")
            .log(System.Logger.Level.TRACE, "no socket option " + name, e);
      }
    });
    return Map.copyOf(found);
  }

  Set<SocketOption<?>> supported() {
    return supported;
  }

  /**
   * Returns the value of an option.
   *
   * @throws UnsupportedOperationException when the option is not supported
   */
  <T> T get(SocketOption<T> option) {
    return option.type().cast(requireSupported(option));
  }

  /**
   * Sets the value of an option.
   *
   * @throws UnsupportedOperationException when the option is not supported
   * @throws IllegalArgumentException when the value is out of its range
   */
  <T> void set(SocketOption<T> option, T value) {
    requireSupported(option);
    values.put(option, inRange(option, Objects.requireNonNull(value)));
  }

  private Object requireSupported(SocketOption<?> option) {
    Object value = values.get(Objects.requireNonNull(option));
    if (value == null) {
      throw new UnsupportedOperationException("'" + option + "' not supported");
    }
    return value;
  }

  private static Object inRange(SocketOption<?> option, Object value) {
    if (option.equals(StandardSocketOptions.SO_LINGER)) {
      return Math.clamp((long) (Integer) value, -1, MAX_LINGER_SECONDS);
    }
    if (option.equals(StandardSocketOptions.SO_RCVBUF)
        || option.equals(StandardSocketOptions.SO_SNDBUF)) {
      require((Integer) value > 0, option, value, "must be positive");
    } else if (option.equals(StandardSocketOptions.IP_TOS)) {
      int tos = (Integer) value;
      require(tos >= 0 && tos <= 255, option, value, "must be 0 to 255");
    }
    return value;
  }

  private static void require(boolean holds, SocketOption<?> option, Object value, String rule) {
    if (!holds) {
      throw new IllegalArgumentException(option + " is " + value + ", " + rule);
    }
  }
}
