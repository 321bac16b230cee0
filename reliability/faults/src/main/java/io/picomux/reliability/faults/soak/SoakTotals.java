package io.picomux.reliability.faults.soak;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a soak adds up to. Thread-safe. */
final class SoakTotals {
  private final List<String> errors = new ArrayList<>();
  private final Map<String, Figures> last = new TreeMap<>();
  private Map<String, Long> operations = Map.of();
  private boolean stopped;

  synchronized void addError(String error) {
    errors.add(error);
  }

  synchronized List<String> errors() {
    return List.copyOf(errors);
  }

  synchronized void setOperations(Map<String, Long> counts) {
    operations = Map.copyOf(counts);
  }

  synchronized Map<String, Long> operations() {
    return operations;
  }

  synchronized void setLast(String process, Figures figures) {
    last.put(process, figures);
  }

  /** Returns what a process was like after everything was closed, null when it has not said. */
  synchronized @Nullable Figures last(String process) {
    return last.get(process);
  }

  synchronized void stop() {
    stopped = true;
  }

  synchronized boolean isStopped() {
    return stopped;
  }
}
