package io.picomux.interop.parties;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.picomux.socket.MuxServerSocketFactory;
import io.picomux.socket.MuxSocketFactory;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import okhttp3.Call;
import okhttp3.Dispatcher;
import okhttp3.EventListener;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okio.BufferedSink;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.impl.bootstrap.HttpServer;
import org.apache.hc.core5.http.impl.bootstrap.ServerBootstrap;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.apache.hc.core5.io.CloseMode;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Apache HttpCore's classic server answers OkHttp, over the streams of one session. */
@Timeout(120)
class HttpCoreAndOkHttpTest {

  private static final String HOST = "service.example";
  private static final int CONCURRENT_CALLS = 50;
  private static final int LARGE_BODY_BYTES = 20_000_000;
  private static final MediaType OCTETS = MediaType.get("application/octet-stream");

  private final CyclicBarrier allInFlight = new CyclicBarrier(CONCURRENT_CALLS);
  private final CountDownLatch stalled = new CountDownLatch(1);
  private final AtomicInteger connections = new AtomicInteger();

  private Loopback session;
  private HttpServer server;
  private OkHttpClient client;

  @BeforeEach
  void start() throws IOException {
    session = Loopback.connect();
    server =
        ServerBootstrap.bootstrap()
            .setServerSocketFactory(new MuxServerSocketFactory(session.server()))
            .setListenerPort(80)
            .setCanonicalHostName(HOST)
            .register("/greeting/*", HttpCoreAndOkHttpTest::greet)
            .register("/echo", HttpCoreAndOkHttpTest::echo)
            .register("/together", this::awaitTheOthers)
            .register("/stall", this::stall)
            .create();
    server.start();
    client =
        new OkHttpClient.Builder()
            .socketFactory(new MuxSocketFactory(session.client()))
            // OkHttp wants an address; the name that it carries is what the stream asks for.
            .dns(name -> List.of(InetAddress.getByAddress(name, new byte[] {10, 0, 0, 1})))
            .proxy(Proxy.NO_PROXY)
            .eventListener(new ConnectionCounter())
            .build();
  }

  @AfterEach
  void stop() {
    stalled.countDown();
    client.dispatcher().executorService().shutdown();
    client.connectionPool().evictAll();
    server.close(CloseMode.IMMEDIATE);
    session.close();
  }

  @Test
  void callsInTurnReuseOneStream() throws Exception {
    for (int i = 0; i < 100; i++) {
      try (Response response = client.newCall(get("/greeting/" + i)).execute()) {
        assertThat(response.code()).isEqualTo(200);
        assertThat(response.body().string()).isEqualTo("hello, /greeting/" + i);
      }
    }
    assertThat(connections).hasValue(1);
  }

  @Test
  void aLargeBodyGoesBothWays() throws Exception {
    byte[] body = Bytes.random(7, LARGE_BODY_BYTES);
    Request request = request("/echo").post(RequestBody.create(body, OCTETS)).build();
    try (Response response = client.newCall(request).execute()) {
      assertThat(response.code()).isEqualTo(200);
      assertThat(response.header("Received-Digest")).isEqualTo(Bytes.sha256(body));
      byte[] answer = response.body().bytes();
      assertThat(answer).hasSize(LARGE_BODY_BYTES);
      assertThat(Bytes.sha256(answer)).isEqualTo(Bytes.sha256(body));
    }
  }

  @Test
  void aBodyOfUnknownLengthGoesInChunks() throws Exception {
    byte[] body = Bytes.random(8, 1_000_000);
    RequestBody unknownLength =
        new RequestBody() {
          @Override
          public MediaType contentType() {
            return OCTETS;
          }

          @Override
          public void writeTo(BufferedSink sink) throws IOException {
            sink.write(body);
          }
        };
    try (Response response =
        client.newCall(request("/echo").post(unknownLength).build()).execute()) {
      assertThat(response.header("Received-Encoding")).isEqualTo("chunked");
      assertThat(response.body().bytes()).isEqualTo(body);
    }
  }

  @Test
  void manyCallsAreInFlightAtOnce() throws Exception {
    Dispatcher dispatcher = new Dispatcher();
    dispatcher.setMaxRequests(CONCURRENT_CALLS);
    dispatcher.setMaxRequestsPerHost(CONCURRENT_CALLS);
    OkHttpClient wide = client.newBuilder().dispatcher(dispatcher).build();
    Set<String> answers = new HashSet<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> calls = new ArrayList<>();
      for (int i = 0; i < CONCURRENT_CALLS; i++) {
        calls.add(
            threads.submit(() -> {
              try (Response response = wide.newCall(get("/together")).execute()) {
                return response.body().string();
              }
            }));
      }
      for (Future<String> call : calls) {
        answers.add(call.get());
      }
    }
    assertThat(answers).hasSize(CONCURRENT_CALLS);
    assertThat(connections).hasValue(CONCURRENT_CALLS);
  }

  @Test
  void timeoutsEndTheirCallAndNoOther() throws Exception {
    OkHttpClient hurried = client.newBuilder().callTimeout(50, TimeUnit.MILLISECONDS).build();
    assertThatThrownBy(() -> hurried.newCall(get("/stall")).execute().close())
        .isInstanceOf(InterruptedIOException.class)
        .hasMessage("timeout");

    OkHttpClient impatient = client.newBuilder().readTimeout(50, TimeUnit.MILLISECONDS).build();
    assertThatThrownBy(() -> impatient.newCall(get("/stall")).execute().close())
        .isInstanceOf(SocketTimeoutException.class);

    try (Response response = client.newCall(get("/greeting/later")).execute()) {
      assertThat(response.body().string()).isEqualTo("hello, /greeting/later");
    }
  }

  @Test
  void cancellingACallWakesIt() throws Exception {
    CountDownLatch requested = new CountDownLatch(1);
    Call call =
        client
            .newBuilder()
            .eventListener(new RequestWatcher(requested))
            .build()
            .newCall(get("/stall"));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Response> response = threads.submit(call::execute);
      requested.await();
      call.cancel();
      assertThatThrownBy(response::get).hasCauseInstanceOf(IOException.class);
    }
  }

  private static Request.Builder request(String path) {
    return new Request.Builder().url("http://" + HOST + path);
  }

  private static Request get(String path) {
    return request(path).build();
  }

  private static void greet(
      ClassicHttpRequest request, ClassicHttpResponse response, HttpContext context) {
    response.setEntity(new StringEntity("hello, " + request.getPath(), UTF_8));
  }

  private static void echo(
      ClassicHttpRequest request, ClassicHttpResponse response, HttpContext context)
      throws IOException {
    byte[] body = EntityUtils.toByteArray(request.getEntity());
    response.setHeader("Received-Digest", Bytes.sha256(body));
    if (request.containsHeader(HttpHeaders.TRANSFER_ENCODING)) {
      response.setHeader("Received-Encoding", "chunked");
    }
    response.setEntity(new ByteArrayEntity(body, ContentType.APPLICATION_OCTET_STREAM));
  }

  /** Answers when as many calls as there should be are here, with a number of their own. */
  private void awaitTheOthers(
      ClassicHttpRequest request, ClassicHttpResponse response, HttpContext context)
      throws IOException {
    try {
      response.setEntity(new StringEntity(String.valueOf(allInFlight.await())));
    } catch (InterruptedException | BrokenBarrierException e) {
      throw new IOException(e);
    }
  }

  private void stall(ClassicHttpRequest request, ClassicHttpResponse response, HttpContext context)
      throws IOException {
    try {
      stalled.await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  private final class ConnectionCounter extends EventListener {
    @Override
    public void connectStart(Call call, InetSocketAddress address, Proxy proxy) {
      connections.incrementAndGet();
    }
  }

  private static final class RequestWatcher extends EventListener {
    private final CountDownLatch requested;

    RequestWatcher(CountDownLatch requested) {
      this.requested = requested;
    }

    @Override
    public void requestHeadersEnd(Call call, Request request) {
      requested.countDown();
    }
  }
}
