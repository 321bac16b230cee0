package io.picomux.reliability.faults.soak;

import com.google.gson.Gson;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One line of a child process to the soak; one of its parts is there.
 *
 * @param ports where it listens: the sessions, the exit and the plain TCP echo; the server's first
 *     line
 * @param figures a measurement
 * @param operations how often each operation was done so far, with a measurement of the client
 * @param error what must not happen
 * @param ended the process has put everything away; its last figures come with it
 */
record Message(
    @Nullable List<Integer> ports,
    @Nullable Figures figures,
    @Nullable Map<String, Long> operations,
    @Nullable String error,
    boolean ended) {
  private static final Gson GSON = new Gson();

  static Message ports(Integer... ports) {
    return new Message(List.of(ports), null, null, null, false);
  }

  static Message figures(Figures figures, Map<String, Long> operations) {
    return new Message(null, figures, operations, null, false);
  }

  static Message error(String error) {
    return new Message(null, null, null, error, false);
  }

  static Message ended(Figures figures, Map<String, Long> operations) {
    return new Message(null, figures, operations, null, true);
  }

  static Message of(String line) {
    return GSON.fromJson(line, Message.class);
  }

  /** Prints the message as one line; called by any thread. */
  void print() {
    String line = GSON.toJson(this);
    synchronized (Message.class) {
      System.out.println(line);
      System.out.flush();
    }
  }
}
