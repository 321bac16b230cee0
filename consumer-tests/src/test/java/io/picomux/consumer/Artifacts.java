package io.picomux.consumer;

import java.io.File;
import java.lang.module.FindException;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.net.URI;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** The artifacts of this build, as the class path of the test holds them. */
final class Artifacts {

  /** The root of the source tree. */
  static final Path ROOT = Path.of(property("picomux.root"));

  /** The version of this build. */
  static final String VERSION = property("picomux.version");

  private Artifacts() {}

  /** The jar of the module {@code name}. */
  static Path jar(String name) {
    URI location = module(name).location().orElseThrow();
    Path jar = Path.of(location);
    if (!jar.getFileName().toString().endsWith(".jar")) {
      throw new IllegalStateException(jar + " is no jar: run these tests by ./build verify");
    }
    return jar;
  }

  /** The module {@code name} as its artifact describes it. */
  static ModuleReference module(String name) {
    return Stream.of(property("java.class.path").split(File.pathSeparator))
        .flatMap(entry -> find(Path.of(entry), name).stream())
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no module " + name + " on the class path"));
  }

  private static Optional<ModuleReference> find(Path entry, String name) {
    try {
      return ModuleFinder.of(entry).find(name);
    } catch (FindException e) {
      // A jar whose file name is no module name, or a folder of classes without a descriptor.
      return Optional.empty();
    }
  }

  private static String property(String name) {
    String value = System.getProperty(name);
    if (value == null) {
      throw new IllegalStateException("no property " + name + ": run these tests by ./build");
    }
    return value;
  }
}
