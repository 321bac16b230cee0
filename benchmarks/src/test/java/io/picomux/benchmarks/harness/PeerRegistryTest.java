package io.picomux.benchmarks.harness;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

final class PeerRegistryTest {
  private static final Workload UP = Workload.parse("up-2", false, OptionalLong.of(400));
  private static final Workload IDLE = Workload.parse("idle-2", false, OptionalLong.empty());

  private final PeerRegistry registry = PeerRegistry.ofThisModule(Path.of("java"), "some.jar");

  private PeerCommand peer(String name) {
    return registry.select(List.of(name)).getFirst();
  }

  @Test
  void atALinkPeersRunInNamespacesWithoutWarmup() {
    Place link = new Place(List.of("ip", "at-server"), List.of("ip", "at-client"), "10.0.0.2");
    assertThat(peer("raw").server(UP, link))
        .startsWith("ip", "at-server")
        .endsWith("server", "--port", "0", "--host", "10.0.0.2", "--progress");
    assertThat(peer("raw").client(UP, link, 7, 60))
        .startsWith("ip", "at-client")
        .containsSequence("client", "--port", "7", "--host", "10.0.0.2")
        .doesNotContain("--warmup");
  }

  @Test
  void aPairHasTheClientOfOneAndTheServerOfTheOther() {
    registry.add(PeerCommand.parse("rust:60=/opt/peer"));
    registry.addPair("ours-to-rust=picomux/rust");
    Place link = new Place(List.of("at-server"), List.of("at-client"), "10.0.0.2");
    assertThat(peer("ours-to-rust").maxStreams()).isEqualTo(60);
    assertThat(peer("ours-to-rust").client(UP, link, 7, 60)).contains("picomux");
    assertThat(peer("ours-to-rust").server(UP, link))
        .containsExactly("at-server", "/opt/peer", "server", "--port", "0", "--host", "10.0.0.2");
    registry.addPair("rust-to-ours=rust/picomux");
    assertThat(peer("rust-to-ours").server(UP, link)).contains("picomux").endsWith("--progress");
    assertThatThrownBy(() -> registry.addPair("x=picomux")).hasMessageContaining("CLIENT/SERVER");
    assertThatThrownBy(() -> registry.addPair("x=picomux/no")).hasMessageContaining("'no'");
  }

  @Test
  void programsOfOthersAreNotAskedForWhatOnlyOursKnow() {
    Workload down = Workload.parse("loaded-down-2", false, OptionalLong.empty());
    assertThat(peer("raw").isAbleTo(down)).isTrue();
    assertThat(PeerCommand.parse("rust=x").isAbleTo(down)).isFalse();
    assertThat(PeerCommand.parse("rust:3=x").isAbleTo(UP)).isTrue();
  }

  @Test
  void everyKindOfThisModuleIsThere() {
    assertThat(registry.select(List.of()))
        .extracting(PeerCommand::name)
        .containsExactly(
            "picomux",
            "picomux-platform",
            "picomux-streams",
            "picomux-tls",
            "picomux-callbacks",
            "raw",
            "raw-platform",
            "raw-tls",
            "netty-h2");
  }

  @Test
  void ourPeersRunWithoutJvmFlags() {
    assertThat(peer("picomux").client(UP, Place.LOOPBACK, 4321, 60))
        .containsExactly(
            "java",
            "-cp",
            "some.jar",
            "io.picomux.benchmarks.peer.PeerProgram",
            "picomux",
            "client",
            "--port",
            "4321",
            "--limit-s",
            "60",
            "up",
            "--streams",
            "2",
            "--bytes",
            "400",
            "--warmup",
            "3200");
    assertThat(peer("raw").server(UP, Place.LOOPBACK)).endsWith("raw", "server", "--port", "0");
  }

  @Test
  void idleHasAFixedHeapAndCallbacksWhereThereAreSome() {
    assertThat(peer("picomux").server(IDLE, Place.LOOPBACK))
        .containsSequence("java", "-XX:+UseSerialGC")
        .endsWith("server", "--port", "0", "--callbacks");
    assertThat(peer("raw").server(IDLE, Place.LOOPBACK)).endsWith("server", "--port", "0");
  }

  @Test
  void externalPeersAreToldOnlyWhatEveryPeerKnows() {
    PeerCommand external = PeerCommand.parse("rust:60=/opt/peer  --fast");
    registry.add(external);
    assertThat(peer("rust").maxStreams()).isEqualTo(60);
    assertThat(peer("rust").server(IDLE, Place.LOOPBACK))
        .containsExactly("/opt/peer", "--fast", "server", "--port", "0");
    assertThat(peer("rust").client(UP, Place.LOOPBACK, 9, 60))
        .containsExactly(
            "/opt/peer",
            "--fast",
            "client",
            "--port",
            "9",
            "up",
            "--streams",
            "2",
            "--bytes",
            "400");
  }

  @Test
  void wrongPeersAreNamed() {
    assertThatThrownBy(() -> peer("nobody")).hasMessageContaining("'nobody', must be one of");
    assertThatThrownBy(() -> PeerCommand.parse("name")).hasMessageContaining("NAME=COMMAND");
    assertThatThrownBy(() -> PeerCommand.parse("name= ")).hasMessageContaining("NAME=COMMAND");
    assertThatThrownBy(() -> PeerCommand.parse("name:0=x")).hasMessageContaining("1 or more");
    assertThatThrownBy(() -> registry.add(PeerCommand.parse("raw=x")))
        .hasMessageContaining("two peers of the name raw");
  }

  @Test
  void peersInOtherLanguagesHaveTheirProgramsTheirLimitsAndTheirRoles() {
    registry.addForeign(Path.of("/built"));
    assertThat(peer("go-smux").client(UP, Place.LOOPBACK, 9, 60))
        .startsWith("/built/go-peer", "smux", "client", "--port", "9", "--limit-s", "60", "up")
        .endsWith("--warmup", "100");
    assertThat(peer("rust-picomux-0.1.14").program()).containsExactly("/built/rust-picomux-0-1-14");
    assertThat(peer("rust-picomux-0.3.3").maxStreams()).isEqualTo(60);
    assertThat(peer("rust-yamux").maxStreams()).isEqualTo(Integer.MAX_VALUE);
    assertThat(peer("rust-yamux").server(IDLE, Place.LOOPBACK)).doesNotContain("--callbacks");
    assertThat(registry.select(List.of()))
        .filteredOn(peer -> peer.role() == Role.RIVAL)
        .extracting(PeerCommand::name)
        .containsExactly(
            "netty-h2",
            "go-yamux",
            "go-smux",
            "rust-picomux-0.1.14",
            "rust-picomux-0.3.3",
            "rust-yamux");
    assertThat(registry.select(PeerRegistry.REFERENCES))
        .extracting(PeerCommand::role)
        .containsOnly(Role.RAW);
  }
}
