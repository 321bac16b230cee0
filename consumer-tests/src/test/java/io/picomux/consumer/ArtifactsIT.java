package io.picomux.consumer;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleDescriptor.Requires;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.jar.JarFile;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the published artifacts carry and ask for. */
final class ArtifactsIT {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "io.picomux.core",
        "io.picomux",
        "io.picomux.testkit",
        "io.picomux.tunnel",
        "io.picomux.cli"
      })
  void jarIsANamedModuleWithItsLicence(String module) throws IOException {
    assertThat(Artifacts.module(module).descriptor().isAutomatic()).isFalse();
    try (JarFile jar = new JarFile(Artifacts.jar(module).toFile())) {
      assertThat(jar.stream().map(Object::toString))
          .contains("module-info.class", "META-INF/LICENSE", "META-INF/NOTICE");
    }
  }

  @Test
  void coreNeedsOnlyTheBaseOfThePlatformAtRunTime() {
    assertThat(runTimeNeeds("io.picomux.core")).containsExactly("java.base");
  }

  @Test
  void libraryNeedsNoOtherLibraryAtRunTime() {
    assertThat(runTimeNeeds("io.picomux"))
        .allMatch(name -> name.startsWith("java.") || name.equals("io.picomux.core"));
  }

  @Test
  void bomNamesEveryPublishedArtifactInThisVersion() throws IOException {
    String bom = Files.readString(Artifacts.ROOT.resolve("picomux-bom/pom.xml"));
    Matcher version =
        Pattern.compile("<artifactId>picomux-bom</artifactId>\\s*<version>(.*?)</version>")
            .matcher(bom);
    assertThat(version.find()).isTrue();
    assertThat(version.group(1)).isEqualTo(Artifacts.VERSION);

    assertThat(managedArtifacts(bom))
        .containsExactlyInAnyOrder(
            "picomux-core", "picomux", "picomux-testkit", "picomux-tunnel", "picomux-cli");
  }

  private static Set<String> runTimeNeeds(String module) {
    ModuleDescriptor descriptor = Artifacts.module(module).descriptor();
    return descriptor.requires().stream()
        .filter(needed -> !needed.modifiers().contains(Requires.Modifier.STATIC))
        .map(Requires::name)
        .collect(toSet());
  }

  private static List<String> managedArtifacts(String bom) {
    Matcher artifact =
        Pattern.compile(
                "<artifactId>([\\w-]+)</artifactId>\\s*<version>\\$\\{project.version}</version>")
            .matcher(bom);
    List<String> names = new ArrayList<>();
    while (artifact.find()) {
      names.add(artifact.group(1));
    }
    return names;
  }
}
