package io.picomux.cli.common;

import java.io.Console;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/** What the standard streams are connected to. */
public final class Terminal {

  private Terminal() {}

  /** Whether a person at a terminal reads the output, so that it may be redrawn in place. */
  @SuppressWarnings("SystemConsoleNull") // A console that is not null is asked, below.
  public static boolean isTerminal() {
    Console console = System.console();
    if (console == null || "dumb".equals(System.getenv("TERM"))) {
      return false;
    }
    try {
      // From JDK 22 on there may be a console without a terminal; its method is newer than the
      // release that this is compiled for.
      MethodHandle isTerminal =
          MethodHandles.publicLookup()
              .findVirtual(Console.class, "isTerminal", MethodType.methodType(boolean.class));
      return (boolean) isTerminal.invokeExact(console);
    } catch (NoSuchMethodException e) {
      return true;
    } catch (Throwable e) {
      return false;
    }
  }
}
