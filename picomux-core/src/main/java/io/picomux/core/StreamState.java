package io.picomux.core;

/**
 * The state of one stream as both FINs and the application's wish to close make it. The transition
 * table is {@link #on}; an input that cannot occur in a state is a defect of ours and throws.
 *
 * <p>What honest peers do is legal in every state: FIN after FIN, data and MORE for a stream that
 * is just closed, a FIN before we have sent anything.
 */
public enum StreamState {
  /** Both directions are open. */
  OPEN,
  /** The application has finished sending; bytes or the FIN are still to go. Data still arrives. */
  FINISHING,
  /** Our FIN is out. Data still arrives. */
  FINISHED,
  /** The peer's FIN has come. We may still send. */
  PEER_FINISHED,
  /** The application has closed; bytes or the FIN are still to go. What arrives is discarded. */
  CLOSING,
  /** The peer's FIN has come and the application has finished; bytes or the FIN are still to go. */
  LAST_FLUSH,
  /**
   * The application has closed and our FIN is out. What arrives is discarded until the peer's FIN.
   */
  DISCARDING,
  /** Both FINs are through, or the stream was given up. Every later frame is ignored. */
  ENDED;

  /** What can happen to a stream. */
  public enum Input {
    /** A data frame came. */
    PEER_DATA,
    /** A FIN came. */
    PEER_FIN,
    /** A MORE came. */
    PEER_MORE,
    /** The application has nothing more to send. */
    FINISH,
    /** The application wants nothing more of the stream in either direction. */
    CLOSE,
    /** Our FIN was written. */
    FIN_SENT,
    /** The wait for the peer's FIN is over without it. */
    GIVE_UP
  }

  /**
   * Returns the state after an input.
   *
   * @throws IllegalStateException when the input cannot occur in this state
   */
  public StreamState on(Input input) {
    return switch (this) {
      case OPEN ->
          switch (input) {
            case PEER_DATA, PEER_MORE -> OPEN;
            case PEER_FIN -> PEER_FINISHED;
            case FINISH -> FINISHING;
            case CLOSE -> CLOSING;
            case FIN_SENT, GIVE_UP -> throw impossible(input);
          };
      case FINISHING ->
          switch (input) {
            case PEER_DATA, PEER_MORE, FINISH -> FINISHING;
            case PEER_FIN -> LAST_FLUSH;
            case CLOSE -> CLOSING;
            case FIN_SENT -> FINISHED;
            case GIVE_UP -> throw impossible(input);
          };
      case FINISHED ->
          switch (input) {
            case PEER_DATA, PEER_MORE, FINISH -> FINISHED;
            case PEER_FIN -> ENDED;
            case CLOSE -> DISCARDING;
            case FIN_SENT, GIVE_UP -> throw impossible(input);
          };
      case PEER_FINISHED ->
          switch (input) {
            case PEER_DATA, PEER_MORE, PEER_FIN -> PEER_FINISHED;
            case FINISH, CLOSE -> LAST_FLUSH;
            case FIN_SENT, GIVE_UP -> throw impossible(input);
          };
      case CLOSING ->
          switch (input) {
            case PEER_DATA, PEER_MORE, FINISH, CLOSE -> CLOSING;
            case PEER_FIN -> LAST_FLUSH;
            case FIN_SENT -> DISCARDING;
            case GIVE_UP -> throw impossible(input);
          };
      case LAST_FLUSH ->
          switch (input) {
            case PEER_DATA, PEER_MORE, PEER_FIN, FINISH, CLOSE -> LAST_FLUSH;
            case FIN_SENT -> ENDED;
            case GIVE_UP -> throw impossible(input);
          };
      case DISCARDING ->
          switch (input) {
            case PEER_DATA, PEER_MORE, FINISH, CLOSE -> DISCARDING;
            case PEER_FIN, GIVE_UP -> ENDED;
            case FIN_SENT -> throw impossible(input);
          };
      case ENDED ->
          switch (input) {
            case PEER_DATA, PEER_MORE, PEER_FIN, FINISH, CLOSE -> ENDED;
            case FIN_SENT, GIVE_UP -> throw impossible(input);
          };
    };
  }

  /** Tells whether data that arrives now is for the application. */
  public boolean deliversData() {
    return this == OPEN || this == FINISHING || this == FINISHED;
  }

  /** Tells whether data that arrives now is to be discarded, with its credit given back. */
  public boolean discardsData() {
    return this == CLOSING || this == DISCARDING;
  }

  /** Tells whether the application may still send. */
  public boolean acceptsWrites() {
    return this == OPEN || this == PEER_FINISHED;
  }

  /** Tells whether bytes that were accepted may still be waiting to go out. */
  public boolean sends() {
    return acceptsWrites() || owesFin();
  }

  /** Tells whether a FIN of ours is still to be written. */
  public boolean owesFin() {
    return this == FINISHING || this == CLOSING || this == LAST_FLUSH;
  }

  /** Tells whether the peer's FIN has come. */
  public boolean peerFinished() {
    return this == PEER_FINISHED || this == LAST_FLUSH || this == ENDED;
  }

  private IllegalStateException impossible(Input input) {
    return new IllegalStateException(input + " cannot happen to a stream that is " + this);
  }
}
