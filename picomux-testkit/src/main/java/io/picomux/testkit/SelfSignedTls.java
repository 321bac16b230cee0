package io.picomux.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * TLS for tests: a key of its own, made by the {@code keytool} of the JDK that runs, and trust in
 * nothing else. Stateless.
 */
public final class SelfSignedTls {
  /** Protects a store that lives for a moment only. */
  private static final String PASSWORD = "not a secret";

  private SelfSignedTls() {}

  /**
   * Makes a context whose certificate is valid for two days. Its sockets trust each other and
   * nobody else; made in about a second.
   *
   * @param hostName the name that the certificate is for
   * @throws IOException when {@code keytool} is missing or fails; the message has its output
   */
  public static SSLContext context(String hostName) throws IOException {
    Path folder = Files.createTempDirectory("picomux-tls");
    Path store = folder.resolve("keys.p12");
    try {
      makeKey(hostName, store);
      return contextOf(store);
    } catch (GeneralSecurityException e) {
      throw new IOException("the key that keytool made is of no use", e);
    } finally {
      Files.deleteIfExists(store);
      Files.delete(folder);
    }
  }

  private static void makeKey(String hostName, Path store) throws IOException {
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "test",
                "-keyalg",
                "EC",
                "-groupname",
                "secp256r1",
                "-dname",
                "CN=" + hostName,
                "-ext",
                "SAN=dns:" + hostName,
                "-validity",
                "2",
                "-storetype",
                "PKCS12",
                "-keystore",
                store.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .start();
    String output = new String(keytool.getInputStream().readAllBytes(), UTF_8);
    try {
      int code = keytool.waitFor();
      if (code != 0) {
        throw new IOException("keytool ended with code " + code + ": " + output);
      }
    } catch (InterruptedException e) {
      keytool.destroy();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while keytool made a key", e);
    }
  }

  private static SSLContext contextOf(Path store) throws IOException, GeneralSecurityException {
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(store)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(keys, PASSWORD.toCharArray());
    TrustManagerFactory trusted = TrustManagerFactory.getInstance("PKIX");
    trusted.init(keys);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
    return context;
  }
}
