package io.picomux.simulation;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Who holds which end of the streams of a program. Not thread-safe. */
final class Streams {
  private final Map<Side, Map<Integer, StreamUser>> users = new EnumMap<>(Side.class);
  private final World world;

  Streams(World world) {
    this.world = world;
    for (Side side : Side.values()) {
      users.put(side, new TreeMap<>());
    }
  }

  /** Gets one direction of a stream within one session. */
  @FunctionalInterface
  interface Direction {
    void accept(Hop hop, Side from, StreamEnd sender, StreamEnd receiver);
  }

  private Map<Integer, StreamUser> users(Side side) {
    return Objects.requireNonNull(users.get(side));
  }

  void put(StreamUser user) {
    users(user.side()).put(user.number(), user);
  }

  /** Returns the application's end of a stream. */
  StreamUser user(Side side, int number, IntFunction<StreamUser> ifAbsent) {
    return users(side).computeIfAbsent(number, ifAbsent::apply);
  }

  void everyUser(Consumer<StreamUser> action) {
    for (Side side : Side.values()) {
      List.copyOf(users(side).values()).forEach(action);
    }
  }

  /** Calls for each direction of each stream that has come through: the sender first. */
  void pairs(BiConsumer<StreamUser, StreamUser> action) {
    for (StreamUser near : users(Side.CLIENT).values()) {
      StreamUser far = users(Side.SERVER).get(near.number());
      if (far != null && near.port() != null && far.port() != null) {
        action.accept(near, far);
        action.accept(far, near);
      }
    }
  }

  /** Calls for each direction of each stream within each session, when both ends are known. */
  void directions(Direction action) {
    for (Hop hop : world.hops()) {
      for (Side side : Side.values()) {
        for (int number : users(side).keySet()) {
          StreamEnd near = end(hop, side, number);
          StreamEnd far = end(hop, side.peer(), number);
          if (near != null && far != null) {
            action.accept(hop, side, near, far);
          }
        }
      }
    }
  }

  /** Returns the bytes that have come to an end of a session and were not read, by the wire. */
  long unreadBytes(Hop hop, Side side) {
    long sum = 0;
    for (int number : users(side).keySet()) {
      StreamEnd end = end(hop, side, number);
      sum += end == null ? 0 : CreditOracle.unreadBytes(hop, side.peer(), end);
    }
    return sum;
  }

  private @Nullable StreamEnd end(Hop hop, Side side, int number) {
    Relay relay = world.relay();
    int index = world.hops().indexOf(hop);
    if (relay != null && (index == 0) == (side == Side.SERVER)) {
      return relay.end(index, number);
    }
    return relay != null || index == 0 ? users(side).get(number) : null;
  }
}
