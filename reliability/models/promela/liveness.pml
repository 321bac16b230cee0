/*
 * PING and PONG: who counts as dead, and when.
 *
 * Mirrors: Liveness (request, pingDue, onPingSent, onBytes, onPong, deadlineNanos, onTimeout) and the
 * engine's promise to call onTimeout when deadlineNanos has come; SessionFrames.poll for when a PING
 * may go; MuxCore.requestPing for callers that wait.
 *
 * Time is discrete and passes only when no deadline is due. Instants are kept as the time since then,
 * up to where nothing depends on it any more. Our transport and the link may hold a PING and its PONG
 * for as long as they like. The peer is alive while some byte of it comes within TIMEOUT of a PING
 * that is asked for or out and of each other, as with a PONG behind a long queue of data; at any time
 * it may go mute for ever, with or without taking our bytes from then on. PONGs that nobody asked for
 * come while no PING is out; one that crosses our PING spoils nothing but the peer's own latency.
 *
 * Bounds: TIMEOUT is 3 ticks and the interval between PINGs 5; one caller at a time waits for the PONG
 * of its request, while others ask for PINGs as they like.
 *
 * The syntax of runs and mutants is that of credit.pml.
 */
/*@run safety */
/*@run callers_are_served fair */
/*@run mute_peer_is_noticed fair */

#define TIMEOUT 3
#define INTERVAL 5

/* Liveness. */
bool requested;
bool outstanding;
byte sinceAsked;
byte sinceSent;
byte sinceByte;
byte sinceScheduled;
bool dead;

/* A caller of requestPing: how many PONGs must come until its own, and whether its PING is younger. */
bool waiting;
byte pongsToCome;
bool pingIsYounger;

/* The link and the peer. sinceTrueByte is what sinceByte has to be. */
bool pingOnTheWay;
bool pongOnTheWay;
bool blocked;
bool mute;
byte sinceMute;
byte sinceTrueByte;

#define IDLE (!outstanding && !requested)
#define SINCE (outstanding -> sinceSent : sinceAsked) /*@mutant unsent-ping-has-no-deadline safety: #define SINCE (outstanding -> sinceSent : 0) */
#define SILENCE (SINCE < sinceByte -> SINCE : sinceByte)
#define deadlineDue (IDLE -> sinceScheduled >= INTERVAL : SILENCE >= TIMEOUT)

/* One more tick without a byte and the peer, as it really is, would not count as alive. */
#define TRUE_SINCE (outstanding -> sinceSent : sinceAsked)
#define mustSpeak (!mute && !IDLE && TRUE_SINCE + 1 >= TIMEOUT && sinceTrueByte + 1 >= TIMEOUT)

ltl callers_are_served {
  ([] !mute && []<> !pingOnTheWay && []<> !pongOnTheWay) -> [] (waiting -> <> !waiting)
}
ltl mute_peer_is_noticed { [] (mute -> <> dead) }

inline request() {
  if
  :: !requested -> /*@mutant asks-only-when-none-is-out safety: :: !requested && !outstanding -> */
     requested = true;
     sinceAsked = 0;
     sinceScheduled = 0
  :: else
  fi
}

/* MuxCore.requestPing by one who waits, and the requests of others: opens, settings, probes. */
active proctype Callers() {
  do
  :: atomic {
       !dead && !waiting ->
       request();
       waiting = true;
       pingIsYounger = false;
       pongsToCome = (outstanding -> 2 : 1) /*@mutant any-pong-will-do safety: pongsToCome = 1 */
     }
  :: atomic { !dead && !requested -> request() }
  :: dead -> break
  od
}

/* SessionFrames.poll. */
active proctype Writer() {
  do
  :: atomic {
       !dead && !blocked && requested && !outstanding -> /*@mutant two-pings-out safety: !dead && !blocked && requested -> */
       assert(!outstanding && !pingOnTheWay && !pongOnTheWay);
       requested = false;
       outstanding = true;
       sinceSent = 0;
       pingOnTheWay = true;
       pingIsYounger = waiting
     }
  :: dead -> break
  od
}

inline onBytes() {
  sinceTrueByte = 0;
  sinceByte = 0 /*@mutant deadline-from-the-ping-only safety: skip */
}

inline onPong() {
  if
  :: outstanding -> /*@mutant banks-pongs safety: :: true -> */
     outstanding = false;
     if
     :: requested -> sinceAsked = 0
     :: else
     fi;
     sinceScheduled = 0;
     if
     :: waiting ->
        pongsToCome--;
        if
        :: pongsToCome == 0 ->
           assert(pingIsYounger);
           waiting = false;
           pingIsYounger = false
        :: else
        fi
     :: else
     fi
  :: else
  fi
}

active proctype Peer() {
  do
  :: atomic { !dead && pingOnTheWay -> pingOnTheWay = false; pongOnTheWay = true }
  :: atomic { !dead && pongOnTheWay -> pongOnTheWay = false; onBytes(); onPong() }
  :: atomic { !dead && !pingOnTheWay && !pongOnTheWay -> onBytes(); onPong() }
  :: atomic { !dead -> onBytes() }
  :: atomic {
       !dead ->
       mute = true;
       if
       :: blocked = true
       :: skip
       fi;
       break
     }
  :: dead -> break
  od
}

inline passes(since, most) {
  if
  :: since < most -> since++
  :: else
  fi
}

active proctype Clock() {
  do
  :: atomic {
       !dead && deadlineDue ->
       if
       :: IDLE -> request()
       :: else ->
          assert(mute);
          dead = true
       fi
     }
  :: atomic {
       !dead && !deadlineDue && !mustSpeak ->
       /* A request has a PING that is asked for or out; it does not wait for the periodic one. */
       assert(!waiting || requested || pingIsYounger);
       passes(sinceAsked, TIMEOUT);
       passes(sinceSent, TIMEOUT);
       passes(sinceByte, TIMEOUT);
       passes(sinceTrueByte, TIMEOUT);
       passes(sinceScheduled, INTERVAL);
       if
       :: mute ->
          sinceMute++;
          assert(sinceMute <= INTERVAL + 2 * TIMEOUT)
       :: else
       fi
     }
  :: dead -> break
  od
}
