package io.picomux;

/**
 * A snapshot of the figures of one stream, which say why it is stuck when it is.
 *
 * @param bytesRead bytes that the application has taken
 * @param bytesWritten bytes that the application has handed over
 * @param unreadBytes bytes that wait for the application
 * @param queuedBytes bytes that wait for credit of the peer or for the transport
 * @param sendCreditFrames data frames that the peer allows us to send now
 * @param receiveCreditFrames data frames that we allow the peer to send now
 * @param waitsFor what the stream waits for now
 */
public record StreamStats(
    long bytesRead,
    long bytesWritten,
    int unreadBytes,
    int queuedBytes,
    int sendCreditFrames,
    int receiveCreditFrames,
    WaitsFor waitsFor) {

  /** What keeps a stream from moving bytes. */
  public enum WaitsFor {
    /** Nothing: there is nothing to move. */
    NOTHING,
    /** Our application: bytes have come that it does not read. */
    LOCAL_READER,
    /** The peer's application: it does not read, so the peer grants no credit. */
    PEER_CREDIT,
    /** The connection: it takes bytes more slowly than they are written. */
    TRANSPORT
  }
}
