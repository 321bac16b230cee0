/*
 * Credit and MORE of one stream in one direction.
 *
 * Mirrors: SendWindow and its wake-ups in SendScheduler (dataReady, creditReady, nextData);
 * ReceiveWindow, WindowPolicy.quantumFrames and the floor of ReceiveBudget.grantable; ReceiveSide
 * (onData, consumed, grant); FrameQueue.pollStreamControl for MORE; CoreStream.reportThresholdFrames
 * with StreamInput.isReportDue, which readers look at without the session's lock.
 *
 * What the memory budget leaves for growth is arbitrary at each grant, down to nothing but the
 * floor; the limit that the window policy wants is arbitrary and may fall, as under debloat. The
 * reader may stop and go on at any time; whether it stops for ever decides about the claims.
 *
 * Bounds: the initial window is 2 frames instead of 10, the largest limit 5 instead of 1500, a MORE
 * carries at most 3 credits instead of 65,535, at most 2 frames wait at the sender. A frame in a
 * buffer takes a whole frame of memory, its worst case.
 *
 * A line that ends with a comment beginning with "@mutant NAME RUN:" is replaced by the rest of that
 * comment in the mutant NAME, in which the run RUN must find an error.
 */
/*@run safety */
/*@run sender_goes_on fair */

#define INITIAL 2
#define MIDDLE 3
#define LIMIT 5
#define MAX_MORE 3
#define PENDING 2
/* WindowPolicy.quantumFrames: 1 for small windows, more for large ones. */
#define QUANTUM(limit) (limit < LIMIT -> 1 : 2)

mtype = { NONE, SPARSE, BULK };

/* The sender: what the application has written, SendWindow, and the stream's place in SendScheduler. */
byte pending;
byte sendCredit = INITIAL;
mtype dataQueue = NONE;

/* The wire; credits in flight are kept as a sum too, for the invariant. */
chan data = [LIMIT] of { bit };
chan more = [LIMIT] of { byte };
byte creditInFlight;

/* The receiver: ReceiveWindow, CoreStream.moreOwedFrames and its place in the control queue. */
byte receiveCredit = INITIAL;
byte unread;
byte limit = INITIAL;
byte moreOwed;
bool inControlQueue;
byte reportThreshold = 1;

/* The stream's buffer: frames to be read, and frames read but not reported. */
byte buffered;
byte taken;
bool reads = true;

#define conserved (receiveCredit == sendCredit + len(data) + creditInFlight + moreOwed)
#define bounded (receiveCredit + unread <= LIMIT && sendCredit <= LIMIT)
#define blocked (pending == PENDING)

ltl sender_goes_on { (<>[] reads) -> [] (blocked -> <> !blocked) }

/* MuxCore.dataReady. */
inline dataReady() {
  if
  :: sendCredit > 0 && dataQueue == NONE -> dataQueue = SPARSE
  :: else
  fi
}

active proctype Writer() {
end:
  do
  :: atomic { pending < PENDING -> pending++; dataReady() }
  od
}

/* The writer's role: SendScheduler.nextData and FrameQueue.pollData, one step of them at a time. */
active proctype DataWriter() {
end:
  do
  :: atomic {
       dataQueue != NONE && nfull(data) ->
       if
       :: pending > 0 && sendCredit > 0 -> /*@mutant sends-without-credit safety: :: pending > 0 -> */
          assert(sendCredit > 0);
          sendCredit--;
          pending--;
          data ! 1
       :: else ->
          if
          :: dataQueue == SPARSE -> dataQueue = BULK
          :: else -> dataQueue = NONE
          fi
       fi
     }
  od
}

/* StreamLife.onMore. */
active proctype CreditReader() {
  byte frames;
  bool wasExhausted;
end:
  do
  :: atomic {
       more ? frames ->
       wasExhausted = (sendCredit == 0);
       sendCredit = sendCredit + frames;
       creditInFlight = creditInFlight - frames;
       assert(conserved && bounded);
       if
       :: wasExhausted && frames > 0 && dataQueue == NONE -> dataQueue = BULK /*@mutant credit-wakes-nobody sender_goes_on: :: false -> skip */
       :: else
       fi;
       frames = 0;
       wasExhausted = false
     }
  od
}

/* CoreStream.updateReportThreshold. */
inline updateReportThreshold() {
  reportThreshold = (receiveCredit < 1 -> 1 : (receiveCredit > QUANTUM(limit) -> QUANTUM(limit) : receiveCredit)) /*@mutant threshold-ignores-credit sender_goes_on: reportThreshold = INITIAL + 1 */
}

/* ReceiveWindow.wantedFrames, ReceiveBudget.grantable, ReceiveSide.grant. */
inline grantWindow(room, grant) {
  room = (limit > receiveCredit + unread -> limit - receiveCredit - unread : 0);
  if
  :: room < QUANTUM(limit) -> grant = 0
  :: else -> select(grant : 0 .. room)
  fi;
  room = (INITIAL > receiveCredit + unread -> INITIAL - receiveCredit - unread : 0);
  if
  :: grant < room -> grant = room /*@mutant no-floor sender_goes_on: :: false -> skip */
  :: else
  fi;
  if
  :: grant > 0 ->
     receiveCredit = receiveCredit + grant;
     moreOwed = moreOwed + grant;
     inControlQueue = true /*@mutant grant-tells-nobody sender_goes_on: skip */
  :: else
  fi;
  updateReportThreshold();
  assert(bounded);
  room = 0;
  grant = 0
}

/* MuxCore.handleData and StreamInput.deliver, by the session's reader. */
active proctype DataReader() {
end:
  do
  :: atomic {
       data ? _ ->
       assert(receiveCredit > 0);
       receiveCredit--; /*@mutant receiver-forgets-frames safety: skip; */
       unread++;
       buffered++;
       updateReportThreshold();
       assert(conserved && bounded)
     }
  od
}

/*
 * A thread of the application. It takes a frame, then looks at the threshold, then reports: the
 * session's reader may act between any two of these.
 */
active proctype Reader() {
  byte threshold;
  byte room;
  byte grant;
end:
  do
  :: atomic { reads && buffered > 0 -> buffered--; taken++ };
     threshold = reportThreshold;
     if
     :: atomic {
          taken >= threshold ->
          threshold = 0;
          unread = unread - taken;
          taken = 0;
          if
          :: limit = INITIAL
          :: limit = MIDDLE
          :: limit = LIMIT
          fi;
          grantWindow(room, grant) /*@mutant grants-without-count safety: moreOwed++; inControlQueue = true */
        }
     :: else -> threshold = 0
     fi
  od
}

/* The application may stop reading and go on, as often as it likes; at last it stays with either. */
active proctype Mood() {
end:
  do
  :: atomic { reads -> reads = false }
  :: atomic { !reads -> reads = true }
  :: break
  od
}

/* The writer's role on the other side: FrameQueue.pollStreamControl. */
active proctype ControlWriter() {
  byte frames;
end:
  do
  :: atomic {
       inControlQueue && nfull(more) ->
       if
       :: moreOwed > 0 ->
          frames = (moreOwed > MAX_MORE -> MAX_MORE : moreOwed);
          moreOwed = moreOwed - frames;
          creditInFlight = creditInFlight + frames;
          more ! frames;
          frames = 0
       :: else -> inControlQueue = false
       fi;
       assert(conserved && bounded)
     }
  od
}
