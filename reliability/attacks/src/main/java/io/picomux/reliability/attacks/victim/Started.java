package io.picomux.reliability.attacks.victim;

import java.util.List;

/**
 * The first line of a victim.
 *
 * @param muxPort where its server listens, on the loopback address
 * @param sinkPort where its plain TCP sink listens
 * @param jvmArguments how its JVM was started
 * @param collectors its garbage collectors
 */
public record Started(
    int muxPort, int sinkPort, List<String> jvmArguments, List<String> collectors) {}
