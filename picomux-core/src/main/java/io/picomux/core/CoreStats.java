package io.picomux.core;

/**
 * A snapshot of the figures of one session.
 *
 * @param liveStreams streams that are not over on the wire
 * @param inboundStreams streams opened by the peer that the application has not closed yet
 * @param waitingStreams streams that wait for the application to accept them
 * @param framesReceived frames of all commands that came
 * @param framesSent frames of all commands that were handed out
 * @param dataBytesReceived bytes in data frames that came
 * @param dataBytesSent bytes in data frames that were handed out
 * @param streamsOpenedLocally streams opened by this side since the session began
 * @param streamsOpenedByPeer streams opened by the peer since the session began
 * @param streamsRefused SYNs answered with FIN
 * @param lateFrames frames for streams that were already closed: normal, and ignored
 * @param noiseFrames NOPs and frames for ids that were never used: bounded, and ignored
 * @param unsolicitedPongs PONGs that no PING had asked for: bounded like noise, and ignored
 * @param discardedBytes data that came for streams that the application had closed
 * @param unreadBytes memory allocated for data that the application has not read, metadata included
 * @param receiveBudgetBytes what that may come to
 * @param budgetKills streams sacrificed because the budget was full
 * @param latencyNanos round trip of the last answered PING, -1 before the first
 * @param silenceNanos time since the last byte of the peer
 * @param halfClose whether FIN is known to end one direction only
 */
public record CoreStats(
    int liveStreams,
    int inboundStreams,
    int waitingStreams,
    long framesReceived,
    long framesSent,
    long dataBytesReceived,
    long dataBytesSent,
    long streamsOpenedLocally,
    long streamsOpenedByPeer,
    long streamsRefused,
    long lateFrames,
    long noiseFrames,
    long unsolicitedPongs,
    long discardedBytes,
    long unreadBytes,
    long receiveBudgetBytes,
    long budgetKills,
    long latencyNanos,
    long silenceNanos,
    boolean halfClose) {}
