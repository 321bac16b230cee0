package io.picomux.core;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestWatcher;

/**
 * Says, when a fuzz target fails, where the input is kept and how to repeat the failure: Jazzer
 * tells the name of the file only. Stateless.
 */
public final class FindingReport implements TestWatcher {
  /** Required by JUnit. */
  public FindingReport() {}

  @Override
  public void testFailed(ExtensionContext context, @Nullable Throwable cause) {
    String reason =
        cause == null
            ? "no cause"
            : Optional.ofNullable(cause.getMessage()).orElse(cause.toString());
    Class<?> target = context.getRequiredTestClass();
    System.err.printf(
        "%s failed: %s%n"
            + "The input is kept in reliability/fuzz/src/test/resources/%sInputs/fuzz; repeat with%n"
            + "  ./build -pl reliability/fuzz -am -Dtest=%s -Dsurefire.failIfNoSpecifiedTests=false"
            + " test%n",
        target.getSimpleName(), reason, target.getName().replace('.', '/'), target.getSimpleName());
  }
}
