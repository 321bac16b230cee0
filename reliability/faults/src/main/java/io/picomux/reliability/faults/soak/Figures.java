package io.picomux.reliability.faults.soak;

/**
 * What one process is worth at one moment.
 *
 * @param seconds since the soak began
 * @param liveHeapBytes heap in use right after a full collection
 * @param threads platform threads
 * @param descriptors open files and sockets
 * @param directBytes memory of direct buffers
 * @param movedBytes bytes that applications have read and written so far
 * @param streamsOpened streams so far
 * @param sessionsOpened sessions so far
 * @param sessionsLive sessions that are not over
 * @param unreadBytes what all sessions hold unread
 */
record Figures(
    double seconds,
    long liveHeapBytes,
    int threads,
    long descriptors,
    long directBytes,
    long movedBytes,
    long streamsOpened,
    long sessionsOpened,
    long sessionsLive,
    long unreadBytes) {}
