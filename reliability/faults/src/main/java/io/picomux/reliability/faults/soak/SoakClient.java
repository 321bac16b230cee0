package io.picomux.reliability.faults.soak;

import com.sun.management.HotSpotDiagnosticMXBean;
import com.sun.management.HotSpotDiagnosticMXBean.ThreadDumpFormat;
import io.picomux.MuxException;
import io.picomux.PicoMux;
import io.picomux.tunnel.SocksProxy;
import io.picomux.tunnel.TunnelClient;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The client process: sessions over poor links, workers on them, a tunnel. Ends with its input. */
@Command(name = "client", hidden = true, description = "The client process; started by run.")
final class SoakClient implements Callable<Integer> {
  /** How long an operation may take: every wait ends much sooner, by liveness at the latest. */
  private static final long OPERATION_LIMIT_SECONDS = 180;

  @Option(names = "--ports", required = true, split = ",", description = "Of the server.")
  private int[] ports;

  @Option(names = "--seed", required = true, description = "What is random comes from it.")
  private long seed;

  @Option(names = "--sample-seconds", required = true, description = "Time between two samples.")
  private int sampleSeconds;

  @Option(names = "--lanes", required = true, description = "Sessions at a time.")
  private int laneCount;

  @Option(names = "--pause-millis", required = true, description = "A worker's rest, at most.")
  private int pauseMillis;

  @Option(names = "--dumps", required = true, description = "Folder for dumps of threads.")
  private Path dumps;

  @Option(names = "--no-faults", description = "Links are clean and sessions end in order.")
  private boolean noFaults;

  private final SelfMeasurement measurement = new SelfMeasurement();
  private final Journal journal = new Journal();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean stopped;

  @Override
  public Integer call() throws IOException, InterruptedException {
    SplittableRandom seeds = new SplittableRandom(seed);
    InetAddress loopback = InetAddress.getLoopbackAddress();
    InetSocketAddress server = new InetSocketAddress(loopback, ports[0]);
    InetSocketAddress exit = new InetSocketAddress(loopback, ports[1]);
    List<Lane> lanes = new ArrayList<>();
    try (TunnelClient tunnel = TunnelClient.builder(() -> PicoMux.connect(exit)).start();
        SocksProxy proxy = SocksProxy.listen(new InetSocketAddress(loopback, 0), tunnel)) {
      for (int i = 0; i < laneCount; i++) {
        Lane lane = new Lane(server, seeds.nextLong(), !noFaults, journal);
        lanes.add(lane);
        start("lane", lane::live);
        for (int worker = 0; worker < 3; worker++) {
          Random random = new Random(seeds.nextLong());
          start("worker", () -> work(lane, random));
        }
      }
      TunnelUse tunnelUse = new TunnelUse(proxy.localAddress(), ports[2], seeds.nextLong());
      start("tunnel", () -> repeat(() -> attempt("TUNNEL", tunnelUse::run)));
      HostileBytes hostile = new HostileBytes(server, seeds.nextLong());
      start("hostile", () -> repeat(() -> attempt("HOSTILE", hostile::run)));
      new Sampler(sampleSeconds, this::sample).runUntilInputEnds();
      stopped = true;
      lanes.forEach(Lane::stop);
      for (Thread thread : threads) {
        if (!thread.join(Duration.ofSeconds(OPERATION_LIMIT_SECONDS))) {
          journal.error(thread.getName() + " does not end; threads are in " + dumpThreads());
        }
      }
    }
    awaitNoSessions();
    Message.ended(measurement.take(), journal.counts()).print();
    return 0;
  }

  private Message sample() {
    return Message.figures(measurement.take(), journal.counts());
  }

  private void start(String name, Runnable task) {
    threads.add(Thread.ofVirtual().name("soak-" + name + "-" + threads.size()).start(task));
  }

  /** Transports are closed in the background: soon there is no session left. */
  private void awaitNoSessions() throws InterruptedException {
    for (int i = 0; i < 100 && PicoMux.processStats().sessionsLive() > 0; i++) {
      TimeUnit.MILLISECONDS.sleep(100);
    }
  }

  private void repeat(Runnable task) {
    while (!stopped) {
      task.run();
      rest(pauseMillis);
    }
  }

  private void work(Lane lane, Random random) {
    repeat(() -> {
      Lane.Occupant occupant = lane.current();
      if (occupant != null) {
        Operation[] all = Operation.values();
        operate(occupant, all[random.nextInt(all.length)], random);
      }
    });
  }

  private void operate(Lane.Occupant occupant, Operation operation, Random random) {
    attempt(
        operation.name(),
        () -> {
          try {
            operation.run(occupant.session(), random);
          } catch (MuxException e) {
            if (!occupant.isHarmed()) {
              throw e;
            }
            journal.count("operations cut short by the end of their session");
          }
        });
  }

  /** Something that may fail with an exception. */
  @FunctionalInterface
  private interface Attempt {
    void run() throws IOException;
  }

  /** Does it under a watch; whatever it throws is an error. */
  private void attempt(String name, Attempt attempt) {
    Thread worker = Thread.currentThread();
    Thread watch =
        Thread.ofVirtual()
            .name("soak-watch")
            .start(() -> {
              try {
                TimeUnit.SECONDS.sleep(OPERATION_LIMIT_SECONDS);
                journal.error(name + " hangs; threads are in " + dumpThreads());
                worker.interrupt();
              } catch (InterruptedException e) {
                // It has ended in time.
              }
            });
    try {
      attempt.run();
      journal.count(name);
    } catch (IOException | RuntimeException | Error e) {
      journal.error(name + " failed: " + e + Problem.placeOf(e));
    } finally {
      watch.interrupt();
    }
  }

  private String dumpThreads() {
    Path file = dumps.resolve("threads-" + System.nanoTime() + ".txt").toAbsolutePath();
    try {
      ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class)
          .dumpThreads(file.toString(), ThreadDumpFormat.TEXT_PLAIN);
    } catch (IOException e) {
      return file + " (not written: " + e + ")";
    }
    return file.toString();
  }

  private static void rest(int millis) {
    try {
      TimeUnit.MILLISECONDS.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
