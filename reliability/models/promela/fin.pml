/*
 * How a stream ends: both meanings of FIN, crossing FINs, FIN after FIN, FIN held back, FIN and data
 * that wait for credit, reset, and a peer that half-closes beside one that is gone.
 *
 * Mirrors: StreamState.on (written out in full), StreamLife (onPeerFin, onMore, onReset,
 * onHalfCloseCertain, finish, close, reset, finIsDue, onFinSent, watchForGonePeer, onStreamTimeout,
 * failSending, abandon), FrameQueue (pollStreamControl, pollData), MuxCore.handleData and dataReady,
 * ReceiveSide.grantWindow and grantFloor with the bound of discarded bytes, SendScheduler's queues.
 *
 * End 0 is ours in each of the three modes; end 1 is ours in each mode, or the crate from 0.3 on, whose
 * FIN ends one direction, waits for credit, may come twice, and after which a dropped stream ignores
 * everything; or the crate up to 0.2, which answers a FIN with its own at once, drops what it still
 * had to send, and is gone after its FIN. Two of ours in half-close mode or AUTO understand resets and
 * end 0 may learn from a PING, at any time, that half-close is certain. A deadline of end 0 may come as soon
 * as it is set, one of end 1 when nothing else can happen. An application reads or not, finishes or
 * not, and closes at last; that of end 0 may abort instead, or be one that waits until its writes are
 * through or fail.
 *
 * Bounds: one stream, an initial window of 1 frame, at most 2 frames of data from end 0 and 1 from end 1, and 1 frame
 * that a closed end discards before it grants no more. Every run is finite (run "progress"), so that
 * a state from which nothing goes on while an end is not closed is the only way to hang.
 *
 * The syntax of runs and mutants is that of credit.pml.
 */
/*@run safety */
/*@run progress */

#define INITIAL 1
#define WRITES(e) (2 - e)
#define DISCARD 1
#define WIRE 6

mtype = { DATA, FIN, MORE, RESET };
chan wire[2] = [WIRE] of { mtype };

/* Who an end is. */
mtype = { HALF_CLOSE, FULL_CLOSE, AUTO, CRATE_0_3, CRATE_0_2 };
mtype kind[2];
#define OURS(e) (kind[e] != CRATE_0_3 && kind[e] != CRATE_0_2)
bool resetsUnderstood;

/* StreamState. */
mtype = { OPEN, FINISHING, FINISHED, PEER_FINISHED, CLOSING, LAST_FLUSH, DISCARDING, ENDED };
mtype state[2] = OPEN;
mtype = { PEER_DATA, PEER_FIN, PEER_MORE, FINISH, CLOSE, FIN_SENT, GIVE_UP };

/* CoreStream, SendScheduler, and the application's buffers: in frames. */
byte pending[2];
byte sendCredit[2] = INITIAL;
byte receiveCredit[2] = INITIAL;
byte unread[2];
byte discarded[2];
byte moreOwed[2];
bool resetOwed[2];
bool finMayBeHeld[2];
bool inControlQueue[2];
bool inDataQueue[2];
bool halfCloseCertain[2];

/* Deadlines that are set: finHoldUntilNanos (and that it has come), closeUntilNanos, goneAtNanos. */
bool finHold[2];
bool finHoldCame[2];
bool closeUntil[2];
bool goneAt[2];

/* StreamFailure, of sending and of receiving. */
mtype = { NONE, PEER_CLOSED, PEER_GONE, LINGER_EXPIRED, CLOSED, RESET_BY_PEER };
mtype sendFailure[2] = NONE;
mtype receiveFailure[2] = NONE;

/* What happened, for the assertions. */
byte written[2];
byte arrived[2];
bool appFinished[2];
bool appClosed[2];
bool finOut[2];
bool crateGone[2];
bool crateLost[2];
bool deadlineCame[2];

/* The application of end 0 waits in a write until it is through or fails. */
bool patient;
#define WAITS(e) (e == 0 && patient && pending[e] > 0 && sendFailure[e] == NONE)

#define peerFinished(e) (state[e] == PEER_FINISHED || state[e] == LAST_FLUSH || state[e] == ENDED)
#define acceptsWrites(e) (state[e] == OPEN || state[e] == PEER_FINISHED)
#define owesFin(e) (state[e] == FINISHING || state[e] == CLOSING || state[e] == LAST_FLUSH)
#define sends(e) (acceptsWrites(e) || owesFin(e))
#define deliversData(e) (state[e] == OPEN || state[e] == FINISHING || state[e] == FINISHED)
#define discardsData(e) (state[e] == CLOSING || state[e] == DISCARDING)
#define over(e) (state[e] == ENDED && appClosed[e])
#define allOver (over(0) && (!OURS(1) || over(1)))

/* StreamState.on; ENDED takes what honest peers and careless applications do. */
inline on(e, input) {
  if
  :: state[e] == OPEN ->
     if
     :: input == PEER_DATA || input == PEER_MORE
     :: input == PEER_FIN -> state[e] = PEER_FINISHED
     :: input == FINISH -> state[e] = FINISHING
     :: input == CLOSE -> state[e] = CLOSING
     :: else -> assert(false)
     fi
  :: state[e] == FINISHING ->
     if
     :: input == PEER_DATA || input == PEER_MORE || input == FINISH
     :: input == PEER_FIN -> state[e] = LAST_FLUSH
     :: input == CLOSE -> state[e] = CLOSING
     :: input == FIN_SENT -> state[e] = FINISHED
     :: else -> assert(false)
     fi
  :: state[e] == FINISHED ->
     if
     :: input == PEER_DATA || input == PEER_MORE || input == FINISH
     :: input == PEER_FIN -> state[e] = ENDED
     :: input == CLOSE -> state[e] = DISCARDING
     :: else -> assert(false)
     fi
  :: state[e] == PEER_FINISHED ->
     if
     :: input == PEER_DATA || input == PEER_MORE || input == PEER_FIN
     :: input == FINISH || input == CLOSE -> state[e] = LAST_FLUSH
     :: else -> assert(false)
     fi
  :: state[e] == CLOSING ->
     if
     :: input == PEER_DATA || input == PEER_MORE || input == FINISH || input == CLOSE
     :: input == PEER_FIN -> state[e] = LAST_FLUSH /*@mutant crossing-fins-end-too-early safety: :: input == PEER_FIN -> state[e] = ENDED */
     :: input == FIN_SENT -> state[e] = DISCARDING
     :: else -> assert(false)
     fi
  :: state[e] == LAST_FLUSH ->
     if
     :: input == FIN_SENT -> state[e] = ENDED
     :: input == GIVE_UP -> assert(false)
     :: else
     fi
  :: state[e] == DISCARDING ->
     if
     :: input == PEER_DATA || input == PEER_MORE || input == FINISH || input == CLOSE
     :: input == PEER_FIN || input == GIVE_UP -> state[e] = ENDED
     :: else -> assert(false)
     fi
  :: state[e] == ENDED -> assert(input != FIN_SENT && input != GIVE_UP)
  fi
}

/* ---- StreamLife */

inline failSending(e, failure) {
  if
  :: sendFailure[e] == NONE && sends(e) ->
     sendFailure[e] = failure;
     pending[e] = 0;
     resetOwed[e] = true;
     inControlQueue[e] = true
  :: else
  fi
}

inline failReceiving(e, failure) {
  if
  :: receiveFailure[e] == NONE -> receiveFailure[e] = failure
  :: else
  fi
}

inline retire(e) {
  assert(pending[e] == 0 && finOut[e]);
  finHold[e] = false;
  finHoldCame[e] = false;
  closeUntil[e] = false;
  goneAt[e] = false;
  /* The rest means nothing any more: fewer states to look at. */
  sendCredit[e] = 0;
  receiveCredit[e] = 0;
  discarded[e] = 0;
  moreOwed[e] = 0;
  finMayBeHeld[e] = false;
  halfCloseCertain[e] = false;
  deadlineCame[e] = false;
  inDataQueue[e] = false
}

inline watchForGonePeer(e) {
  goneAt[e] = sends(e) && peerFinished(e) && sendCredit[e] == 0 && pending[e] > 0 /*@mutant waits-for-a-gone-peer-for-ever safety: goneAt[e] = false */
}

inline onWriteSideChanged(e) {
  if
  :: owesFin(e) -> inControlQueue[e] = true
  :: else
  fi;
  watchForGonePeer(e)
}

inline abandon(e) {
  if
  :: state[e] != ENDED ->
     on(e, CLOSE);
     closeUntil[e] = true; /*@mutant no-linger safety: skip; */
     onWriteSideChanged(e)
  :: else
  fi
}

inline onHalfCloseCertain(e) {
  if
  :: !halfCloseCertain[e] && kind[e] == AUTO ->
     halfCloseCertain[e] = true;
     if
     :: state[e] == FINISHING -> inControlQueue[e] = true
     :: else
     fi
  :: else
  fi
}

/* Nothing that was accepted is lost without an error at the end that wrote it, nor a clean end seen. */
inline checkClean(e, p) {
  if
  :: OURS(p) ->
     assert(sendFailure[p] != NONE || arrived[e] == written[p]);
     assert(!resetsUnderstood || receiveFailure[e] != NONE || !deliversData(e) || arrived[e] == written[p])
  :: else -> assert(crateLost[p] || arrived[e] == written[p])
  fi;
  arrived[e] = 0;
  written[p] = 0
}

inline onPeerFin(e, p) {
  if
  :: !peerFinished(e) -> checkClean(e, p)
  :: else
  fi;
  on(e, PEER_FIN);
  if
  :: state[e] == ENDED -> retire(e)
  :: else ->
     if
     :: kind[e] == FULL_CLOSE ->
        if
        :: acceptsWrites(e) || pending[e] > 0 -> failSending(e, PEER_CLOSED)
        :: else
        fi;
        resetOwed[e] = false;
        on(e, CLOSE)
     :: else
     fi;
     onWriteSideChanged(e)
  fi
}

inline onMore(e) {
  if
  :: peerFinished(e) -> onHalfCloseCertain(e)
  :: else
  fi;
  if
  :: sendCredit[e] == 0 ->
     goneAt[e] = false;
     inDataQueue[e] = true /*@mutant credit-wakes-nobody safety: skip */
  :: else
  fi;
  sendCredit[e]++;
  on(e, PEER_MORE)
}

inline onReset(e) {
  failSending(e, RESET_BY_PEER);
  resetOwed[e] = false;
  if
  :: !peerFinished(e) -> failReceiving(e, RESET_BY_PEER)
  :: else
  fi;
  abandon(e)
}

/* ---- ReceiveSide: a window of INITIAL frames, all of it granted again at once. */

inline grant(e) {
  if
  :: receiveCredit[e] + unread[e] < INITIAL ->
     receiveCredit[e]++;
     moreOwed[e]++;
     inControlQueue[e] = true
  :: else
  fi
}

inline grantFloor(e) {
  if
  :: discarded[e] < DISCARD -> grant(e)
  :: else
  fi
}

inline onData(e) {
  if
  :: peerFinished(e) -> skip
  :: else ->
     assert(receiveCredit[e] > 0);
     receiveCredit[e]--;
     arrived[e]++;
     on(e, PEER_DATA);
     if
     :: discardsData(e) || receiveFailure[e] != NONE -> discarded[e]++; grantFloor(e)
     :: else -> unread[e]++
     fi
  fi
}

inline onFrame(e, p) {
  if
  :: wire[p] ? DATA -> onData(e)
  :: wire[p] ? MORE ->
     if
     :: state[e] != ENDED -> onMore(e)
     :: else
     fi
  :: wire[p] ? FIN ->
     if
     :: state[e] != ENDED -> onPeerFin(e, p)
     :: else
     fi
  :: wire[p] ? RESET ->
     if
     :: state[e] != ENDED -> onReset(e)
     :: else
     fi
  fi
}

/* ---- FrameQueue: the next frame, or none and the queues are empty. */

inline finIsDue(e, due) {
  if
  :: !owesFin(e) || pending[e] > 0 -> due = false /*@mutant fin-overtakes-data safety: :: !owesFin(e) -> due = false */
  :: else ->
     if
     :: state[e] != FINISHING || !finMayBeHeld[e] || halfCloseCertain[e] -> due = true
     :: else -> /*@mutant fin-is-not-held-back safety: :: else -> finHoldCame[e] = true; */
        due = finHoldCame[e];
        finHold[e] = !due
     fi
  fi
}

inline onFinSent(e) {
  finOut[e] = true;
  on(e, FIN_SENT);
  finHold[e] = false;
  if
  :: state[e] == ENDED -> retire(e)
  :: state[e] == DISCARDING -> closeUntil[e] = true
  :: else
  fi
}

inline pollFrame(e, due) {
  if
  :: inControlQueue[e] && moreOwed[e] > 0 && !peerFinished(e) -> moreOwed[e]--; wire[e] ! MORE
  :: inControlQueue[e] && (moreOwed[e] == 0 || peerFinished(e)) && resetOwed[e] && resetsUnderstood ->
     resetOwed[e] = false;
     wire[e] ! RESET
  :: else ->
     if
     :: inControlQueue[e] -> inControlQueue[e] = false; finIsDue(e, due)
     :: else
     fi;
     if
     :: due -> due = false; wire[e] ! FIN; onFinSent(e)
     :: else ->
        if
        :: sends(e) && sendCredit[e] > 0 && pending[e] > 0 ->
           sendCredit[e]--;
           pending[e]--;
           wire[e] ! DATA;
           if
           :: owesFin(e) && pending[e] == 0 -> inControlQueue[e] = true /*@mutant last-byte-forgets-fin safety: :: false -> skip */
           :: else ->
              if
              :: sendCredit[e] == 0 -> watchForGonePeer(e)
              :: else
              fi
           fi
        :: else -> inDataQueue[e] = false
        fi
     fi
  fi
}

/* What may go is in a queue: nothing but a FIN that is held back waits for a deadline. */
inline checkQueues(e) {
  assert(!owesFin(e) || pending[e] > 0 || inControlQueue[e] || finHold[e]);
  assert(!sends(e) || pending[e] == 0 || sendCredit[e] == 0 || inDataQueue[e])
}

/* ---- StreamLife.onStreamTimeout, for one deadline that has come */

inline onGoneAt(e) {
  goneAt[e] = false;
  deadlineCame[e] = true;
  if
  :: sends(e) && peerFinished(e) && sendCredit[e] == 0 && pending[e] > 0 -> failSending(e, PEER_GONE)
  :: else
  fi;
  onWriteSideChanged(e)
}

inline onFinHold(e) {
  finHold[e] = false;
  finHoldCame[e] = true;
  finMayBeHeld[e] = false;
  deadlineCame[e] = true;
  onWriteSideChanged(e)
}

inline onCloseUntil(e) {
  closeUntil[e] = false;
  deadlineCame[e] = true;
  if
  :: state[e] == DISCARDING -> on(e, GIVE_UP); retire(e)
  :: else ->
     if
     :: pending[e] > 0 -> failSending(e, LINGER_EXPIRED)
     :: else
     fi;
     onWriteSideChanged(e)
  fi
}

/* ---- an end of ours: its frames, its deadlines and its application */

proctype Ours(byte e; byte p) {
  bool due;
  do
  :: atomic { nempty(wire[p]) -> onFrame(e, p); checkQueues(e) }
  :: atomic { (inControlQueue[e] || inDataQueue[e]) && nfull(wire[e]) -> pollFrame(e, due); checkQueues(e) }
  :: atomic { goneAt[e] && (e == 0 || timeout) -> onGoneAt(e) }
  :: atomic { finHold[e] && (e == 0 || timeout) -> onFinHold(e) }
  :: atomic { closeUntil[e] && (e == 0 || timeout) -> onCloseUntil(e) }
  :: atomic { /* a PING offers half-close */
       e == 0 && kind[0] == AUTO && kind[1] == AUTO && !halfCloseCertain[0] && state[0] != ENDED ->
       onHalfCloseCertain(e)
     }
  :: atomic { /* the application writes */
       !appClosed[e] && !appFinished[e] && acceptsWrites(e) && sendFailure[e] == NONE && written[e] < WRITES(e) ->
       written[e]++;
       pending[e]++;
       if
       :: sendCredit[e] == 0 -> watchForGonePeer(e)
       :: else -> inDataQueue[e] = true
       fi
     }
  :: atomic { /* ... reads */
       !appClosed[e] && unread[e] > 0 ->
       unread[e]--;
       if
       :: deliversData(e) -> grant(e)
       :: else
       fi
     }
  :: atomic { /* ... finishes */
       !appClosed[e] && !appFinished[e] && !WAITS(e) ->
       appFinished[e] = true;
       if
       :: acceptsWrites(e) -> finMayBeHeld[e] = (kind[e] == AUTO)
       :: else
       fi;
       on(e, FINISH);
       onWriteSideChanged(e)
     }
  :: atomic { /* ... closes, and drops what it has not read */
       !appClosed[e] && !WAITS(e) ->
       appClosed[e] = true;
       unread[e] = 0;
       if
       :: skip
       :: e == 0 && state[e] != ENDED -> /* MuxCore.abort */
          failSending(e, CLOSED);
          resetOwed[e] = true;
          inControlQueue[e] = true;
          onWriteSideChanged(e)
       fi;
       if
       :: state[e] != ENDED -> abandon(e); grantFloor(e)
       :: else
       fi
     }
  :: allOver -> break
  od
}

/* ---- the crate as a peer: what it sends is honest, what it answers depends on its version */

proctype Crate(byte e; byte p) {
  do
  :: atomic { nempty(wire[p]) ->
       if
       :: wire[p] ? DATA ->
          if
          :: crateGone[e]
          :: else -> receiveCredit[e]--; arrived[e]++; unread[e]++
          fi
       :: wire[p] ? MORE -> sendCredit[e]++
       :: wire[p] ? RESET /* a NOP to it */
       :: wire[p] ? FIN ->
          if
          :: crateGone[e]
          :: else ->
             checkClean(e, p);
             if
             :: kind[e] == CRATE_0_2 ->
                crateLost[e] = pending[e] > 0;
                assert(kind[p] != AUTO || !crateLost[e] || deadlineCame[p] || appClosed[p]);
                pending[e] = 0;
                finOut[e] = true;
                crateGone[e] = true;
                wire[e] ! FIN
             :: else
             fi
          fi
       fi
     }
  :: atomic { !appFinished[e] && !crateGone[e] && written[e] < WRITES(e) -> written[e]++; pending[e]++ }
  :: atomic { !crateGone[e] && pending[e] > 0 && sendCredit[e] > 0 && nfull(wire[e]) -> sendCredit[e]--; pending[e]--; wire[e] ! DATA }
  :: atomic { !crateGone[e] && unread[e] > 0 && nfull(wire[e]) -> unread[e]--; receiveCredit[e]++; wire[e] ! MORE }
  :: atomic { !appFinished[e] && !crateGone[e] -> appFinished[e] = true }
  :: atomic { /* the stream is dropped: what it has written goes out all the same */
       appFinished[e] && !appClosed[e] -> appClosed[e] = true }
  :: atomic { /* FIN waits for credit like data */
       appFinished[e] && !finOut[e] && pending[e] == 0 && sendCredit[e] > 0 && nfull(wire[e]) ->
       finOut[e] = true;
       wire[e] ! FIN;
       crateGone[e] = (kind[e] == CRATE_0_2 || appClosed[e])
     }
  :: atomic { /* FIN after FIN */
       finOut[e] && !crateGone[e] && kind[e] == CRATE_0_3 && appClosed[e] && nfull(wire[e]) ->
       crateGone[e] = true;
       if
       :: skip
       :: wire[e] ! FIN
       fi
     }
  :: allOver -> break
  od
}

init {
  atomic {
    if
    :: kind[0] = HALF_CLOSE; kind[1] = HALF_CLOSE
    :: kind[0] = HALF_CLOSE; kind[1] = CRATE_0_3
    :: kind[0] = FULL_CLOSE; kind[1] = FULL_CLOSE
    :: kind[0] = FULL_CLOSE; kind[1] = CRATE_0_2
    :: kind[0] = AUTO; kind[1] = AUTO
    :: kind[0] = AUTO; kind[1] = CRATE_0_3
    :: kind[0] = AUTO; kind[1] = CRATE_0_2
    fi;
    if
    :: patient = true
    :: patient = false
    fi;
    halfCloseCertain[0] = (kind[0] == HALF_CLOSE);
    halfCloseCertain[1] = (kind[1] == HALF_CLOSE);
    resetsUnderstood = OURS(1) && kind[0] != FULL_CLOSE && kind[1] != FULL_CLOSE;
    run Ours(0, 1);
    if
    :: OURS(1) -> run Ours(1, 0)
    :: else -> run Crate(1, 0)
    fi
  }
}
