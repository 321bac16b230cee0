package io.picomux.reliability.attacks.victim;

/**
 * What a Java victim tells of itself, after a full garbage collection.
 *
 * @param heapBytes live heap
 * @param directBytes memory of direct buffers
 * @param platformThreads threads of the platform, without those that the JDK keeps for its own use
 * @param virtualThreads virtual threads that have begun and not ended
 * @param cpuNanos processor time that the process has used
 * @param sessions sessions that are being served
 * @param acceptedStreams streams that the application has accepted since the process began
 */
public record Figures(
    long heapBytes,
    long directBytes,
    int platformThreads,
    int virtualThreads,
    long cpuNanos,
    int sessions,
    long acceptedStreams) {}
