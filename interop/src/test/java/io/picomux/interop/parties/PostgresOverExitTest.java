package io.picomux.interop.parties;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.picomux.PicoMux;
import io.picomux.SessionException;
import io.picomux.socket.MuxSessions;
import io.picomux.socket.MuxSocketFactory;
import io.picomux.tunnel.Destination;
import io.picomux.tunnel.exit.AllowRule;
import io.picomux.tunnel.exit.Exit;
import io.picomux.tunnel.exit.ExitListener;
import io.picomux.tunnel.exit.ExitPolicy;
import io.picomux.tunnel.exit.ExitServer;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyManager;

/**
 * PostgreSQL's JDBC driver, which finds the socket factory by its class name, and a real server
 * behind an exit: the driver's connections are streams of one session.
 */
@Timeout(120)
class PostgresOverExitTest {

  private static final String SESSION = "to the database";
  private static final int ROWS = 10_000;
  private static final int LARGE_VALUE_BYTES = 10_000_000;

  /** What the server answers when a statement was cancelled. */
  private static final String QUERY_CANCELED = "57014";

  @TempDir static Path folder;

  private static PostgresServer postgres;

  private final Queue<Destination> dialled = new ConcurrentLinkedQueue<>();

  private ExitServer exit;
  private PicoMux session;

  @BeforeAll
  static void startDatabase() throws IOException {
    postgres = PostgresServer.start(folder);
  }

  @AfterAll
  static void stopDatabase() {
    if (postgres != null) {
      postgres.close();
    }
  }

  @BeforeEach
  void connect() throws IOException {
    AllowRule rule = AllowRule.parse("localhost:" + postgres.port());
    exit =
        ExitServer.listen(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Exit.builder()
                .policy(ExitPolicy.publicInternet().allowing(List.of(rule)))
                .host("localhost", List.of(InetAddress.getByAddress(new byte[] {127, 0, 0, 1})))
                .listener(new DialledDestinations())
                .build());
    session = PicoMux.connect(exit.localAddress());
    MuxSessions.register(SESSION, session);
  }

  @AfterEach
  void close() {
    session.close();
    exit.close();
  }

  @Test
  void rowsInsertedInABatchAreThere() throws Exception {
    try (Connection connection = open()) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("create temporary table item (id integer primary key, name text)");
      }
      connection.setAutoCommit(false);
      try (PreparedStatement insert =
          connection.prepareStatement("insert into item values (?, ?)")) {
        for (int i = 0; i < ROWS; i++) {
          insert.setInt(1, i);
          insert.setString(2, "item " + i);
          insert.addBatch();
        }
        assertThat(insert.executeBatch()).hasSize(ROWS).containsOnly(1);
      }
      connection.commit();
      assertThat(longOf(connection, "select count(*) from item where name = 'item ' || id"))
          .isEqualTo(ROWS);
    }
    assertThat(dialled).containsExactly(Destination.parse("localhost:" + postgres.port()));
  }

  @Test
  void aLargeResultComesThroughACursor() throws Exception {
    try (Connection connection = open()) {
      connection.setAutoCommit(false);
      try (Statement statement = connection.createStatement()) {
        statement.setFetchSize(500);
        int rows = 0;
        try (ResultSet result =
            statement.executeQuery(
                "select n, repeat(chr(97 + n % 26), 200) from generate_series(0, 99999) n")) {
          while (result.next()) {
            assertThat(result.getInt(1)).isEqualTo(rows);
            String text = result.getString(2);
            if (text.length() != 200 || text.charAt(199) != 'a' + rows % 26) {
              throw new AssertionError("row " + rows + " is " + text);
            }
            rows++;
          }
        }
        assertThat(rows).isEqualTo(100_000);
      }
    }
  }

  @Test
  void copyMovesMegabytesInAndOut() throws Exception {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 60_000; i++) {
      lines.append(i).append('\t').append("x".repeat(i % 150)).append('\n');
    }
    byte[] text = lines.toString().getBytes(StandardCharsets.US_ASCII);
    assertThat(text).hasSizeGreaterThan(4_000_000);
    try (Connection connection = open()) {
      try (Statement statement = connection.createStatement()) {
        statement.execute("create temporary table line (id integer, content text)");
      }
      CopyManager copy = connection.unwrap(PGConnection.class).getCopyAPI();
      assertThat(copy.copyIn("copy line from stdin", new ByteArrayInputStream(text)))
          .isEqualTo(60_000);
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      assertThat(copy.copyOut("copy (select * from line order by id) to stdout", out))
          .isEqualTo(60_000);
      assertThat(Bytes.sha256(out.toByteArray())).isEqualTo(Bytes.sha256(text));
    }
  }

  @Test
  void aLargeValueGoesInAndOut() throws Exception {
    byte[] value = Bytes.random(5, LARGE_VALUE_BYTES);
    try (Connection connection = open();
        PreparedStatement statement =
            connection.prepareStatement("select encode(sha256(v), 'hex'), v from (select ? v) t")) {
      statement.setBytes(1, value);
      try (ResultSet result = statement.executeQuery()) {
        assertThat(result.next()).isTrue();
        assertThat(result.getString(1)).isEqualTo(Bytes.sha256(value));
        assertThat(Bytes.sha256(result.getBytes(2))).isEqualTo(Bytes.sha256(value));
      }
    }
  }

  @Test
  void aQueryTimeoutCancelsOverAStreamOfItsOwn() throws Exception {
    try (Connection connection = open();
        Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(1);
      assertThatThrownBy(() -> statement.execute("select pg_sleep(600)"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(QUERY_CANCELED));
      assertThat(dialled).as("one stream for the connection, one to cancel").hasSize(2);
      assertThat(longOf(connection, "select 42")).isEqualTo(42);
    }
  }

  @Test
  void aStatementCanBeCancelledByAnotherThread() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Connection connection = open();
        Connection observer = open();
        Statement statement = connection.createStatement()) {
      Future<Boolean> sleep = threads.submit(() -> statement.execute("select pg_sleep(599)"));
      while (longOf(
              observer,
              "select count(*) from pg_stat_activity where state = 'active' and query = 'select"
                  + " pg_sleep(599)'")
          == 0) {
        Thread.onSpinWait();
      }
      statement.cancel();
      assertThatThrownBy(sleep::get)
          .cause()
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo(QUERY_CANCELED));
      assertThat(longOf(connection, "select 42")).isEqualTo(42);
    }
  }

  @Test
  void theSocketTimeoutOfTheDriverHolds() throws Exception {
    Properties properties = properties();
    properties.setProperty("socketTimeout", "1");
    try (Connection connection = open(properties);
        Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute("select pg_sleep(600)"))
          .isInstanceOf(SQLException.class)
          .hasRootCauseInstanceOf(SocketTimeoutException.class);
      assertThat(connection.isClosed()).isTrue();
    }
  }

  @Test
  void connectionsWorkInParallel() throws Exception {
    try (Connection connection = open();
        Statement statement = connection.createStatement()) {
      statement.execute("create table counter (value integer)");
      statement.execute("insert into counter values (0)");
    }
    int connections = 20;
    int queries = 50;
    List<Future<?>> workers = new ArrayList<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      for (int i = 0; i < connections; i++) {
        workers.add(
            threads.submit(() -> {
              try (Connection connection = open();
                  Statement statement = connection.createStatement()) {
                for (int n = 0; n < queries; n++) {
                  assertThat(statement.executeUpdate("update counter set value = value + 1"))
                      .isEqualTo(1);
                }
              }
              return null;
            }));
      }
      for (Future<?> worker : workers) {
        worker.get();
      }
    }
    try (Connection connection = open()) {
      assertThat(longOf(connection, "select value from counter"))
          .isEqualTo((long) connections * queries);
    }
    assertThat(dialled).hasSize(connections + 2);
    assertThat(exit.sessions()).as("all over one session").hasSize(1);
  }

  @Test
  void theEndOfTheSessionEndsAStatementWithItsCause() throws Exception {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        Connection connection = open();
        Statement statement = connection.createStatement()) {
      Future<Boolean> sleep = threads.submit(() -> statement.execute("select pg_sleep(598)"));
      session.abort();
      assertThatThrownBy(sleep::get)
          .cause()
          .isInstanceOf(SQLException.class)
          .hasRootCauseInstanceOf(SessionException.class);
    }
  }

  @Test
  void whatTheExitRefusesDoesNotConnect() {
    String url = "jdbc:postgresql://localhost:1/postgres";
    assertThatThrownBy(() -> DriverManager.getConnection(url, properties()))
        .isInstanceOf(SQLException.class);
    assertThat(dialled).isEmpty();
  }

  private Connection open() throws SQLException {
    return open(properties());
  }

  private Connection open(Properties properties) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://localhost:" + postgres.port() + "/postgres", properties);
  }

  private static Properties properties() {
    Properties properties = new Properties();
    properties.setProperty("user", "postgres");
    properties.setProperty("socketFactory", MuxSocketFactory.class.getName());
    properties.setProperty("socketFactoryArg", SESSION);
    return properties;
  }

  private static long longOf(Connection connection, String query) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      assertThat(result.next()).isTrue();
      return result.getLong(1);
    }
  }

  private final class DialledDestinations implements ExitListener {
    @Override
    public void connected(PicoMux from, Destination destination) {
      dialled.add(destination);
    }
  }
}
