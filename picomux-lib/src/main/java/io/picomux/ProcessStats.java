package io.picomux;

/**
 * A snapshot of what all sessions of the process have done since it began.
 *
 * @param sessionsOpened sessions that were begun
 * @param sessionsLive sessions that are not over
 * @param streamsOpened streams that either side has opened
 * @param bytesRead bytes that applications have taken from streams
 * @param bytesWritten bytes that applications have handed to streams
 * @param unreadBytes memory allocated for data that applications have not read, and for the
 *     metadata of streams that peers have opened
 * @param unreadLimitBytes what that may come to: a quarter of the maximum heap
 * @param queuedBytes memory allocated for data that applications have written and that waits to be
 *     sent, the metadata of unsent openings included
 * @param queueLimitBytes what that may come to: an eighth of the maximum heap
 */
public record ProcessStats(
    long sessionsOpened,
    long sessionsLive,
    long streamsOpened,
    long bytesRead,
    long bytesWritten,
    long unreadBytes,
    long unreadLimitBytes,
    long queuedBytes,
    long queueLimitBytes) {}
