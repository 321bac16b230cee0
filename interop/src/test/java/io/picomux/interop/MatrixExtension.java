package io.picomux.interop;

import java.io.IOException;
import java.lang.reflect.Method;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.InvocationInterceptor;
import org.junit.jupiter.api.extension.ReflectiveInvocationContext;
import org.junit.platform.commons.support.AnnotationSupport;
import org.opentest4j.TestAbortedException;

/**
 * Builds the peers before the first {@link InteropTest}, notes how each one went, and prints the
 * table when all tests have run.
 */
final class MatrixExtension implements BeforeEachCallback, InvocationInterceptor {

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(MatrixExtension.class);

  /** Prints the table when the store that holds it is closed. */
  private static final class PrintAtEnd implements AutoCloseable {
    @Override
    public void close() {
      System.out.println("\nInteroperability with the crate picomux:\n\n" + Matrix.format());
    }
  }

  @Override
  public void beforeEach(ExtensionContext context) throws IOException {
    RustPeers.build();
    context
        .getRoot()
        .getStore(NAMESPACE)
        .computeIfAbsent(PrintAtEnd.class, key -> new PrintAtEnd());
  }

  @Override
  public void interceptTestTemplateMethod(
      Invocation<@Nullable Void> invocation,
      ReflectiveInvocationContext<Method> method,
      ExtensionContext context)
      throws Throwable {
    Case row =
        AnnotationSupport.findAnnotation(method.getExecutable(), InteropTest.class)
            .orElseThrow()
            .value();
    Combination combination = (Combination) method.getArguments().getFirst();
    try {
      invocation.proceed();
    } catch (TestAbortedException e) {
      throw e;
    } catch (Throwable e) {
      Matrix.noteFailure(row, combination);
      throw e;
    }
    Matrix.notePass(row, combination);
  }
}
