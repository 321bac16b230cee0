/*
 * Stream ids: no frame of an old stream reaches a new one.
 *
 * Mirrors: StreamIds (a permutation of a counter: no id of ours comes twice), PeerIdMemory (three
 * generations of half an hour, of which the oldest is dropped), IdSpace.draw, StreamTable, StreamLife
 * (retire, and GIVE_UP), MuxCore.handleSyn (duplicates, refusals) and what handleData and handleControl do
 * with frames of streams that are gone.
 *
 * End 0 is ours. End 1 is the crate 0.1.14: it draws any id that no live stream of its own has, also one
 * that was used before by either side; a FIN from either side ends its stream at once. What the code
 * assumes and the model as well: what was on its way when a half hour began has come when it ends; MOREs
 * and FINs for a stream that is over leave its end in the half hour in which it ended, and never after a
 * SYN for the same id; a stream is given up after what was on its way has come, and if the peer had opened
 * it, it ends there in the same half hour. A SYN for an id that is live kills the session, as in the
 * crate; so do two ends that draw the same id at once.
 *
 * Each frame carries the number of its stream, which only the assertions look at.
 *
 * Bounds: 2 ids, 2 streams from each end, 2 frames on the way in each direction.
 *
 * The syntax of runs and mutants is that of credit.pml.
 */
/*@run safety */

#define IDS 2
#define OUR_STREAMS 2
#define PEER_STREAMS 2
#define WIRE 2

mtype = { SYN, DATA, FIN, MORE };
chan toUs = [WIRE] of { mtype, byte, byte };
chan toPeer = [WIRE] of { mtype, byte, byte };

/* StreamTable: the number of the stream that has the id, 0 for none; and what became of its FINs. */
byte ours[IDS];
bool isOurs[IDS];
bool finSent[IDS];
bool finCame[IDS];
/* StreamIds: the order of the permutation is arbitrary. */
bool issued[IDS];
/* PeerIdMemory. */
bool current[IDS];
bool previous[IDS];
bool oldest[IDS];

/* The crate's table, who opened the stream, and the stream that was the last to end in this half hour. */
byte theirs[IDS];
bool openedByUs[IDS];
byte late[IDS];

/* Streams of the peer's that we gave up. */
byte gaveUp[IDS];

byte numbers;
byte ourStreams;
byte peerStreams;
bool killed;

/* Frames that were on their way when the half hour began. */
byte oldToUs;
byte oldToPeer;

inline received(old) {
  if
  :: old > 0 -> old--
  :: else
  fi
}

inline retire(id) {
  if
  :: !isOurs[id] -> current[id] = true /*@mutant ended-stream-is-not-remembered safety: :: false -> skip */
  :: else
  fi;
  ours[id] = 0;
  isOurs[id] = false;
  finSent[id] = false;
  finCame[id] = false
}

#define remembered(id) (current[id] || previous[id] || oldest[id]) /*@mutant two-generations safety: #define remembered(id) (current[id] || previous[id]) */
#define free(id) (!issued[id] && !remembered(id) && ours[id] == 0) /*@mutant draws-what-the-peer-used safety: #define free(id) (!issued[id] && ours[id] == 0) */

active proctype Us() {
  mtype frame;
  byte id;
  byte number;
  do
  :: atomic { !killed && nempty(toUs) ->
       toUs ? frame, id, number;
       received(oldToUs);
       if
       :: frame == SYN ->
          if
          :: ours[id] != 0 -> killed = true /*@mutant second-stream-with-a-live-id safety: :: false -> skip */
          :: ours[id] == 0 && len(toPeer) < WIRE -> /* refused */
             current[id] = true; /*@mutant refused-id-is-not-remembered safety: skip; */
             toPeer ! FIN, id, number
          :: else ->
             assert(ours[id] == 0);
             ours[id] = number
          fi
       :: frame != SYN && ours[id] != 0 ->
          assert(ours[id] == number);
          if
          :: frame == FIN ->
             finCame[id] = true;
             if
             :: finSent[id] -> retire(id)
             :: else
             fi
          :: else
          fi
       :: else
       fi;
       id = 0;
       number = 0;
       frame = 0
     }
  :: atomic { /* open */
       ourStreams < OUR_STREAMS && nfull(toPeer) ->
       select(id : 0 .. IDS - 1);
       if
       :: free(id) ->
          ourStreams++;
          numbers++;
          issued[id] = true; /*@mutant id-comes-twice safety: skip; */
          ours[id] = numbers;
          isOurs[id] = true;
          toPeer ! SYN, id, numbers
       :: else
       fi;
       id = 0
     }
  :: atomic { /* send, finish, give up */
       nfull(toPeer) ->
       select(id : 0 .. IDS - 1);
       if
       :: ours[id] != 0 && !finSent[id] -> toPeer ! DATA, id, ours[id]
       :: ours[id] != 0 && !finSent[id] ->
          toPeer ! FIN, id, ours[id];
          finSent[id] = true;
          if
          :: finCame[id] -> retire(id)
          :: else
          fi
       :: ours[id] != 0 && finSent[id] && !finCame[id] && len(toUs) == 0 && len(toPeer) == 0 ->
          if
          :: !isOurs[id] -> gaveUp[id] = ours[id]
          :: else
          fi;
          retire(id)
       :: else
       fi;
       id = 0
     }
  :: killed -> break
  od
}

inline peerEnds(id) {
  if
  :: gaveUp[id] == theirs[id] -> gaveUp[id] = 0
  :: else
  fi;
  late[id] = theirs[id];
  theirs[id] = 0;
  openedByUs[id] = false
}

active proctype Crate() {
  mtype frame;
  byte id;
  byte number;
  do
  :: atomic { !killed && nfull(toUs) && nempty(toPeer) ->
       toPeer ? frame, id, number;
       received(oldToPeer);
       if
       :: frame == SYN ->
          if
          :: theirs[id] != 0 -> killed = true
          :: else ->
             theirs[id] = number;
             openedByUs[id] = true;
             late[id] = 0
          fi
       :: frame != SYN && theirs[id] != 0 ->
          assert(!openedByUs[id] || theirs[id] == number);
          if
          :: frame == FIN ->
             toUs ! FIN, id, theirs[id];
             peerEnds(id)
          :: else
          fi
       :: else
       fi;
       id = 0;
       number = 0;
       frame = 0
     }
  :: atomic { /* open */
       peerStreams < PEER_STREAMS && nfull(toUs) ->
       select(id : 0 .. IDS - 1);
       if
       :: theirs[id] == 0 ->
          peerStreams++;
          numbers++;
          theirs[id] = numbers;
          late[id] = 0;
          toUs ! SYN, id, numbers
       :: else
       fi;
       id = 0
     }
  :: atomic { /* send, close, and what comes late */
       nfull(toUs) ->
       select(id : 0 .. IDS - 1);
       if
       :: theirs[id] != 0 -> toUs ! DATA, id, theirs[id]
       :: theirs[id] != 0 ->
          toUs ! FIN, id, theirs[id];
          peerEnds(id)
       :: late[id] != 0 -> toUs ! MORE, id, late[id]
       :: late[id] != 0 -> toUs ! FIN, id, late[id]
       :: else
       fi;
       id = 0
     }
  :: killed -> break
  od
}

#define over(id) (gaveUp[id] == 0 || theirs[id] != gaveUp[id])

active proctype HalfHours() {
  byte id;
  do
  :: atomic {
       !killed && oldToUs == 0 && oldToPeer == 0 && over(0) && over(1) ->
       oldToUs = len(toUs);
       oldToPeer = len(toPeer);
       for (id : 0 .. IDS - 1) {
         oldest[id] = previous[id];
         previous[id] = current[id];
         current[id] = false;
         late[id] = 0;
         gaveUp[id] = 0
       }
       id = 0
     }
  :: killed -> break
  od
}
