package io.picomux.benchmarks.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ResultTest {

  @Test
  void isOneLineOfJson() {
    String line =
        new Result("raw \"x\"", "up")
            .count("bytes", 10_000_000_000L)
            .figure("MBps", 1234.56789)
            .words("jvm_flags", List.of("-Xmx1g", "-Dname=\n"))
            .toLine();
    assertThat(line)
        .isEqualTo(
            "{\"peer\":\"raw \\\"x\\\"\",\"scenario\":\"up\",\"bytes\":10000000000,"
                + "\"MBps\":1234.57,\"jvm_flags\":\"-Xmx1g -Dname=\\n\"}");
  }

  @Test
  void refusesWhatJsonCannotCarry() {
    assertThatThrownBy(() -> new Result("raw", "up").figure("MBps", Double.POSITIVE_INFINITY))
        .hasMessage("MBps is Infinity");
  }

  @Test
  void sharesMakeTheTotal() {
    assertThat(List.of(Shares.share(10, 3, 0), Shares.share(10, 3, 1), Shares.share(10, 3, 2)))
        .containsExactly(4L, 3L, 3L);
  }

  @Test
  void residentMemoryIsReadFromTheStatusOfAProcess() throws IOException {
    List<String> status = List.of("Name:\tjava", "VmHWM:\t  99 kB", "VmRSS:\t   41234 kB");
    assertThat(ResidentMemory.ofStatus(status)).isEqualTo(41234);
    assertThatThrownBy(() -> ResidentMemory.ofStatus(List.of("Name:\tjava")))
        .isInstanceOf(IOException.class);
  }
}
