package io.picomux.cli.demo;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DemoSiteTest {

  private DemoSite site;
  private HttpClient http;

  @BeforeEach
  void start() throws Exception {
    site = DemoSite.start();
    http = HttpClient.newHttpClient();
  }

  @AfterEach
  void close() {
    http.close();
    site.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_535, 65_536, 65_537, 1_000_001})
  void bytesComeInTheAnnouncedNumberAndWithTheirDigest(int length) throws Exception {
    HttpResponse<byte[]> answer = http.send(get("/bytes/" + length), BodyHandlers.ofByteArray());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).hasSize(length);
    String digest = sha256(answer.body());
    assertThat(answer.headers().firstValue("X-SHA256")).contains(digest);
    assertThat(text(get("/digest/" + length)).body()).isEqualTo(digest + "\n");
  }

  @Test
  void uploadsAreAnsweredWithNumberAndDigest() throws Exception {
    byte[] body = "to be digested".getBytes(US_ASCII);
    for (String method : new String[] {"PUT", "POST"}) {
      HttpRequest request =
          HttpRequest.newBuilder(uri("/upload"))
              .method(method, BodyPublishers.ofByteArray(body))
              .build();
      assertThat(text(request).body()).isEqualTo("14 bytes, sha256 " + sha256(body) + "\n");
    }
  }

  @Test
  void thePageNeedsNothingFromElsewhere() throws Exception {
    HttpResponse<String> page = text(get("/"));
    assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
    assertThat(page.body())
        .startsWith("<!doctype html>")
        .doesNotContain("src=", "@import", "url(", "https://");
  }

  @ParameterizedTest
  @CsvSource({
    "GET, /nothing, 404",
    "GET, /bytes/, 400",
    "GET, /bytes/-1, 400",
    "GET, /bytes/1x, 400",
    "GET, /bytes/10000000001, 400",
    "GET, /digest/99999999999, 400",
    "GET, /upload, 405",
    "DELETE, /, 405",
    "HEAD, /bytes/1000, 200",
    "HEAD, /, 200"
  })
  void answersWithTheStatusThatFits(String method, String path, int status) throws Exception {
    HttpRequest request =
        HttpRequest.newBuilder(uri(path)).method(method, BodyPublishers.noBody()).build();
    assertThat(text(request).statusCode()).isEqualTo(status);
  }

  private HttpRequest get(String path) {
    return HttpRequest.newBuilder(uri(path)).build();
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + site.port() + path);
  }

  private HttpResponse<String> text(HttpRequest request) throws Exception {
    return http.send(request, BodyHandlers.ofString());
  }

  private static String sha256(byte[] bytes) throws Exception {
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
  }
}
