package io.picomux.simulation;

import java.util.HashMap;
import java.util.Map;

/** The words {@code name=value} of a line. Immutable. */
final class Words {
  private final String line;
  private final Map<String, String> values = new HashMap<>();

  Words(String line) {
    this.line = line;
    for (String word : line.strip().split(" +", -1)) {
      int middle = word.indexOf('=');
      if (middle > 0) {
        values.put(word.substring(0, middle), word.substring(middle + 1));
      }
    }
  }

  String get(String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException("no " + name + "= in: " + line);
    }
    return value;
  }
}
