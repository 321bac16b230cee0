package io.picomux.reliability.faults.soak;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** Counts what was done and tells of errors. Safe for concurrent use. */
final class Journal {
  private final ConcurrentHashMap<String, LongAdder> counts = new ConcurrentHashMap<>();

  void count(String what) {
    counts.computeIfAbsent(what, any -> new LongAdder()).increment();
  }

  void error(String text) {
    count("errors");
    Message.error(text).print();
  }

  Map<String, Long> counts() {
    Map<String, Long> sums = new TreeMap<>();
    counts.forEach((what, sum) -> sums.put(what, sum.sum()));
    return sums;
  }
}
