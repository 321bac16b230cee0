package io.picomux.simulation;

import io.picomux.core.Command;
import io.picomux.core.WireFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** What an end might get wrong, played on the frames that it sends. */
enum Mutant {
  LOSES_A_BYTE {
    @Override
    void change(State state, byte[] frame, List<byte[]> out) {
      boolean now = Frames.is(frame, Command.PSH) && Frames.bodyBytes(frame) > 1 && state.once();
      out.add(now ? Frames.resized(frame, Frames.bodyBytes(frame) - 1) : frame);
    }
  },
  SENDS_A_BYTE_TWICE {
    @Override
    void change(State state, byte[] frame, List<byte[]> out) {
      boolean now = Frames.is(frame, Command.PSH) && Frames.bodyBytes(frame) > 0 && state.once();
      out.add(now ? Frames.resized(frame, Frames.bodyBytes(frame) + 1) : frame);
    }
  },
  SWAPS_DATA_FRAMES {
    @Override
    void change(State state, byte[] frame, List<byte[]> out) {
      if (Frames.is(frame, Command.PSH) && state.held == null && state.once()) {
        state.held = frame;
        return;
      }
      out.add(frame);
      if (state.held != null && Frames.sameStream(state.held, frame)) {
        out.add(state.held);
        state.held = null;
        state.changed = true;
      }
    }
  },
  LOSES_CREDIT {
    @Override
    void change(State state, byte[] frame, List<byte[]> out) {
      if (!Frames.is(frame, Command.MORE) || !state.once()) {
        out.add(frame);
      }
    }
  },
  GRANTS_CREDIT_TWICE {
    @Override
    void change(State state, byte[] frame, List<byte[]> out) {
      out.add(frame);
      if (Frames.is(frame, Command.MORE) && state.once()) {
        out.add(frame);
      }
    }
  },
  FINISHES_BEFORE_THE_LAST_DATA {
    @Override
    void change(State state, byte[] frame, List<byte[]> out) {
      byte[] last = state.held;
      if (Frames.is(frame, Command.FIN) && last != null && Frames.sameStream(last, frame)) {
        out.add(frame);
        out.add(last);
        state.held = null;
        return;
      }
      if (last != null) {
        out.add(last);
        state.held = null;
      }
      if (Frames.is(frame, Command.PSH)) {
        state.held = frame;
      } else {
        out.add(frame);
      }
    }
  },
  FORGETS_A_FIN {
    @Override
    void change(State state, byte[] frame, List<byte[]> out) {
      if (!Frames.is(frame, Command.FIN) || !state.once()) {
        out.add(frame);
      }
    }
  },
  FORGETS_THE_NOTICE_OF_A_RESET {
    @Override
    void change(State state, byte[] frame, List<byte[]> out) {
      if (!Frames.is(frame, Command.NOP)) {
        out.add(frame);
      }
    }
  },
  FORGETS_A_SHORT_FRAME {
    @Override
    void change(State state, byte[] frame, List<byte[]> out) {
      boolean isShort =
          Frames.is(frame, Command.PSH) && Frames.bodyBytes(frame) < WireFormat.DATA_BODY_BYTES;
      if (!isShort || !state.once()) {
        out.add(frame);
      }
    }
  },
  LOSES_CREDIT_BEHIND_ITS_FIN {
    @Override
    void change(State state, byte[] frame, List<byte[]> out) {
      if (Frames.is(frame, Command.FIN)) {
        state.held = frame;
      }
      boolean behind = state.held != null && Frames.sameStream(state.held, frame);
      if (!behind || !Frames.is(frame, Command.MORE) || !state.once()) {
        out.add(frame);
      }
    }
  },
  ANSWERS_ONE_PING_ONLY {
    @Override
    void change(State state, byte[] frame, List<byte[]> out) {
      if (!Frames.is(frame, Command.PONG) || state.once()) {
        out.add(frame);
      }
    }
  };

  /** What one run of a mutant remembers. */
  static final class State {
    private boolean changed;
    private byte @Nullable [] held;

    /** Returns whether this is the first time. */
    private boolean once() {
      boolean first = !changed;
      changed = true;
      return first;
    }
  }

  abstract void change(State state, byte[] frame, List<byte[]> out);

  /** Lets the client of a world be such an end. */
  void infect(World world) {
    State state = new State();
    UnaryOperator<byte[]> tampering =
        frames -> {
          List<byte[]> out = new ArrayList<>();
          Frames.split(frames).forEach(frame -> change(state, frame, out));
          return Frames.join(out);
        };
    world.tamper(tampering);
  }
}
