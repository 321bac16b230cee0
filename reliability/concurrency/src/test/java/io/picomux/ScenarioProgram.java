package io.picomux;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;

/** Runs one test method in a process of its own: a class and a method are its arguments. */
final class ScenarioProgram {
  /** The exit code for a scenario that does not hold. */
  static final int FAILED = 3;

  private ScenarioProgram() {}

  public static void main(String[] args) throws Exception {
    Class<?> type = Class.forName(args[0]);
    var constructor = type.getDeclaredConstructor();
    constructor.setAccessible(true);
    Method method = type.getDeclaredMethod(args[1]);
    method.setAccessible(true);
    try {
      method.invoke(constructor.newInstance());
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof AssertionError failed) {
        failed.printStackTrace(System.out);
        System.exit(FAILED);
      }
      throw e;
    }
  }
}
