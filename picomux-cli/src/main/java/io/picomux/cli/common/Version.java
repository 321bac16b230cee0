package io.picomux.cli.common;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import picocli.CommandLine.IVersionProvider;

/** The version of the command, which the build writes into a resource. */
public final class Version implements IVersionProvider {

  private static final String RESOURCE = "version.properties";

  /** Made by picocli. */
  public Version() {}

  @Override
  public String[] getVersion() throws IOException {
    return new String[] {
      "picomux " + version(),
      String.format(
          "Java %s (%s), %s %s",
          System.getProperty("java.version"),
          System.getProperty("java.vm.vendor"),
          System.getProperty("os.name"),
          System.getProperty("os.arch"))
    };
  }

  private static String version() throws IOException {
    Properties properties = new Properties();
    try (InputStream in = Version.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IOException("the resource " + RESOURCE + " is missing");
      }
      properties.load(in);
    }
    return properties.getProperty("version", "unknown");
  }
}
