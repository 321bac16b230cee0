package io.picomux.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class StreamStateTest {

  /** One line for each state, one column for each input; {@code -} cannot happen. */
  private static final String TABLE =
      """
      state         | PEER_DATA     PEER_FIN      PEER_MORE     FINISH     CLOSE      FIN_SENT   GIVE_UP
      OPEN          | OPEN          PEER_FINISHED OPEN          FINISHING  CLOSING    -          -
      FINISHING     | FINISHING     LAST_FLUSH    FINISHING     FINISHING  CLOSING    FINISHED   -
      FINISHED      | FINISHED      ENDED         FINISHED      FINISHED   DISCARDING -          -
      PEER_FINISHED | PEER_FINISHED PEER_FINISHED PEER_FINISHED LAST_FLUSH LAST_FLUSH -          -
      CLOSING       | CLOSING       LAST_FLUSH    CLOSING       CLOSING    CLOSING    DISCARDING -
      LAST_FLUSH    | LAST_FLUSH    LAST_FLUSH    LAST_FLUSH    LAST_FLUSH LAST_FLUSH ENDED      -
      DISCARDING    | DISCARDING    ENDED         DISCARDING    DISCARDING DISCARDING -          ENDED
      ENDED         | ENDED         ENDED         ENDED         ENDED      ENDED      -          -
      """;

  record Transition(StreamState from, StreamState.Input input, String to) {}

  static Stream<Transition> transitions() {
    List<String> lines = TABLE.lines().toList();
    List<StreamState.Input> inputs = words(lines.get(0)).map(StreamState.Input::valueOf).toList();
    List<Transition> all = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      StreamState from = StreamState.valueOf(line.substring(0, line.indexOf('|')).strip());
      List<String> results = words(line).toList();
      assertThat(results).as(line).hasSameSizeAs(inputs);
      for (int i = 0; i < inputs.size(); i++) {
        all.add(new Transition(from, inputs.get(i), results.get(i)));
      }
    }
    return all.stream();
  }

  private static Stream<String> words(String line) {
    return Arrays.stream(line.substring(line.indexOf('|') + 1).strip().split(" +"));
  }

  @Test
  void theTableHasEveryPair() {
    assertThat(transitions().map(t -> t.from() + "/" + t.input()).distinct().count())
        .isEqualTo((long) StreamState.values().length * StreamState.Input.values().length);
  }

  @ParameterizedTest
  @MethodSource("transitions")
  void everyPairGivesWhatTheTableSays(Transition transition) {
    if (transition.to().equals("-")) {
      assertThatIllegalStateException()
          .isThrownBy(() -> transition.from().on(transition.input()))
          .withMessage(
              "%s cannot happen to a stream that is %s", transition.input(), transition.from());
    } else {
      assertThat(transition.from().on(transition.input()))
          .isEqualTo(StreamState.valueOf(transition.to()));
    }
  }

  @Test
  void propertiesOfTheStates() {
    assertThat(statesThat(StreamState::deliversData)).isEqualTo("OPEN FINISHING FINISHED");
    assertThat(statesThat(StreamState::discardsData)).isEqualTo("CLOSING DISCARDING");
    assertThat(statesThat(StreamState::acceptsWrites)).isEqualTo("OPEN PEER_FINISHED");
    assertThat(statesThat(StreamState::owesFin)).isEqualTo("FINISHING CLOSING LAST_FLUSH");
    assertThat(statesThat(StreamState::sends))
        .isEqualTo("OPEN FINISHING PEER_FINISHED CLOSING LAST_FLUSH");
    assertThat(statesThat(StreamState::peerFinished)).isEqualTo("PEER_FINISHED LAST_FLUSH ENDED");
  }

  /** Data is delivered, discarded, or cannot be expected any more: never two of them. */
  @ParameterizedTest
  @EnumSource
  void arrivingDataHasExactlyOneFate(StreamState state) {
    assertThat(Stream.of(state.deliversData(), state.discardsData(), state.peerFinished()))
        .containsOnlyOnce(true);
  }

  private static String statesThat(java.util.function.Predicate<StreamState> predicate) {
    return String.join(
        " ", Arrays.stream(StreamState.values()).filter(predicate).map(Enum::name).toList());
  }
}
