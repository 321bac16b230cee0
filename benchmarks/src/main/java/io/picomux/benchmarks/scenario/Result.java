package io.picomux.benchmarks.scenario;

import com.google.gson.JsonObject;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.List;

/** What one run has measured, as one line of JSON. Not thread-safe. */
public final class Result {

  /** Digits of a figure: more than any of them is steady in. */
  private static final MathContext DIGITS = new MathContext(6);

  private final JsonObject json = new JsonObject();

  /**
   * Begins a result.
   *
   * @param peer the name and the version of what is measured
   * @param scenario the name of the scenario
   */
  public Result(String peer, String scenario) {
    json.addProperty("peer", peer);
    json.addProperty("scenario", scenario);
  }

  /** Adds an amount of work, as it was asked for. */
  public Result count(String name, long value) {
    json.addProperty(name, value);
    return this;
  }

  /**
   * Adds a figure, rounded to six digits.
   *
   * @throws ArithmeticException when it is not a finite number, which JSON cannot carry
   */
  public Result figure(String name, double value) {
    if (!Double.isFinite(value)) {
      throw new ArithmeticException(name + " is " + value);
    }
    json.addProperty(name, new BigDecimal(value).round(DIGITS).doubleValue());
    return this;
  }

  /** Adds a list of words, separated by spaces. */
  public Result words(String name, List<String> words) {
    json.addProperty(name, String.join(" ", words));
    return this;
  }

  /** Returns the line, without its end. */
  public String toLine() {
    return json.toString();
  }
}
