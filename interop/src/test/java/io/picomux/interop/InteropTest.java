package io.picomux.interop;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ArgumentsSource;

/**
 * Marks a method with a {@link Combination} as its parameter: it runs once for each combination
 * that is asked for, and each run is a cell of the table of passes.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@ParameterizedTest(name = "{0}")
@ArgumentsSource(Combinations.class)
@ExtendWith(MatrixExtension.class)
@interface InteropTest {

  /** Which versions a test is for, by what a FIN means to them. */
  enum Fin {
    ANY,
    ENDS_ONE_DIRECTION,
    ENDS_BOTH_DIRECTIONS;

    boolean suits(CrateVersion version) {
      return this == ANY || version.halfClose() == (this == ENDS_ONE_DIRECTION);
    }
  }

  /** The row. */
  Case value();

  /** Who opens the streams. */
  Side opens();

  /** Who makes the connection. */
  Side[] connects() default {Side.JAVA, Side.RUST};

  /** Which versions. */
  Fin fin() default Fin.ANY;

  /** How this library moves the bytes. */
  Engine[] engines() default Engine.CHANNEL;
}
