package io.picomux.interop;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.ArgumentsProvider;
import org.junit.jupiter.params.support.AnnotationConsumer;
import org.junit.jupiter.params.support.ParameterDeclarations;

/** Provides the combinations that an {@link InteropTest} asks for. */
final class Combinations implements ArgumentsProvider, AnnotationConsumer<InteropTest> {

  private final List<Combination> combinations = new ArrayList<>();

  @Override
  public void accept(InteropTest test) {
    for (Engine engine : test.engines()) {
      for (CrateVersion version : CrateVersion.values()) {
        for (Side connects : test.connects()) {
          Combination combination = new Combination(version, connects, test.opens(), engine);
          if (test.fin().suits(version)) {
            combinations.add(combination);
          } else {
            Matrix.noteNotApplicable(test.value(), combination);
          }
        }
      }
    }
  }

  @Override
  public Stream<? extends Arguments> provideArguments(
      ParameterDeclarations parameters, ExtensionContext context) {
    return combinations.stream().map(Arguments::of);
  }
}
