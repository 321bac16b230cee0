package io.picomux;

import static org.assertj.core.api.Assertions.assertThat;

import io.picomux.core.SessionEnd;
import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Transports that break their contract end their session, and do nothing worse. */
@Timeout(30)
class OddTransportTest {
  /** Reads what it is told to; its writes go nowhere and its end fails. */
  private static final class Odd implements Transport {
    private final int readResult;
    private final CountDownLatch closed = new CountDownLatch(1);

    Odd(int readResult) {
      this.readResult = readResult;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      return readResult;
    }

    @Override
    public void write(byte[] buffer, int offset, int length) {}

    @Override
    public void close() {
      closed.countDown();
      throw new IllegalStateException("thrown by the end of the transport");
    }
  }

  @Test
  void aReadThatReturnsNothingEndsTheSessionInsteadOfBeingRepeatedForEver() throws Exception {
    Odd transport = new Odd(0);
    PicoMux mux = PicoMux.over(transport);
    SessionException end = mux.onTermination().get();
    assertThat(end.reason()).isEqualTo(SessionEnd.TRANSPORT_FAILED);
    assertThat(end).hasMessageContaining("a read has returned 0 bytes; it must wait for the first");
    transport.closed.await();
  }

  @Test
  void aReadThatReturnsMoreThanFitsEndsTheSession() throws Exception {
    Odd transport = new Odd(Integer.MAX_VALUE);
    PicoMux mux = PicoMux.over(transport);
    assertThat(mux.onTermination().get().reason()).isEqualTo(SessionEnd.INTERNAL_ERROR);
    transport.closed.await();
  }

  /** Its reads wait until our direction has ended, and fail then. */
  private static final class FailingAfterOurEnd implements Transport {
    private final CountDownLatch ended = new CountDownLatch(1);

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        ended.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      throw new IOException("the other end has broken");
    }

    @Override
    public void write(byte[] buffer, int offset, int length) {}

    @Override
    public void shutdownOutput() {
      ended.countDown();
    }

    @Override
    public void close() {
      ended.countDown();
    }
  }

  @Test
  void aPeerThatBreaksOffAfterAnOrderlyCloseIsNoFailure() throws Exception {
    PicoMux mux = PicoMux.over(new FailingAfterOurEnd());
    mux.close();
    SessionException end = mux.onTermination().get();
    assertThat(end.reason()).isEqualTo(SessionEnd.CLOSED);
    assertThat(end)
        .hasMessageContaining("the transport failed after that: the other end has broken");
  }
}
