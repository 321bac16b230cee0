package io.picomux;

import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.type;

import io.picomux.core.SessionEnd;
import io.picomux.core.StreamFailure;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/** What calls throw. */
final class Throwing {
  private Throwing() {}

  /** Asserts that the call fails because of the state of its stream. */
  static void failsStream(ThrowingCallable call, StreamFailure reason) {
    assertThatThrownBy(call)
        .asInstanceOf(type(StreamException.class))
        .extracting(StreamException::reason)
        .isEqualTo(reason);
  }

  /** Asserts that the call fails because the whole session is over. */
  static void failsSession(ThrowingCallable call, SessionEnd reason) {
    assertThatThrownBy(call)
        .asInstanceOf(type(SessionException.class))
        .extracting(SessionException::reason)
        .isEqualTo(reason);
  }
}
