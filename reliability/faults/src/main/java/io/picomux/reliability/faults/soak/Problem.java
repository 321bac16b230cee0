package io.picomux.reliability.faults.soak;

/** Where an exception comes from, in one line. */
final class Problem {
  private Problem() {}

  /** Returns the place that threw it, and the same for its cause. */
  static String placeOf(Throwable problem) {
    StringBuilder text = new StringBuilder();
    addPlace(text, problem);
    for (Throwable e = problem.getCause(); e != null; e = e.getCause()) {
      text.append("; cause ").append(e);
      addPlace(text, e);
    }
    return text.toString();
  }

  private static void addPlace(StringBuilder text, Throwable e) {
    for (StackTraceElement frame : e.getStackTrace()) {
      if (frame.getClassName().startsWith("io.picomux.")) {
        text.append(" at ").append(frame);
        return;
      }
    }
  }
}
