package main

import (
	"math"
	"math/rand"
	"testing"
)

const millis = int64(1e6)

func megabit(rate, delayMillis, bufferMillis int64) *pacer {
	return &pacer{bitsPerSecond: rate * 1e6, delay: delayMillis * millis, buffer: bufferMillis * millis}
}

func TestAPacketTakesItsSendTimeAndTheDelay(t *testing.T) {
	p := megabit(12, 20, 100)
	due, v := p.offer(1500, 0, 5*millis)
	if v != delivered || due != 26*millis {
		t.Fatalf("due %d, verdict %d; want 26 ms, delivered", due, v)
	}
}

func TestPacketsLeaveAtTheRateHoweverSeldomTheyAreLookedAt(t *testing.T) {
	for _, look := range []int64{1, 3, 7, 40} {
		p := megabit(12, 0, 10_000)
		var last int64
		offered := 0
		// Twelve packets of 1 ms come in every 10 ms, seen only at each look.
		for now := int64(0); now < 1200; now += look {
			for ; int64(offered)*10/12 <= now; offered++ {
				due, v := p.offer(1500, (now-look)*millis, now*millis)
				if v != delivered {
					t.Fatalf("packet %d was not delivered", offered)
				}
				last = due
			}
		}
		// The first begins when it is seen, and from then on the link has never been free.
		if want := int64(offered) * millis; last != want {
			t.Errorf("looked at every %d ms, packet %d is due at %d; want %d", look, offered, last, want)
		}
	}
}

func TestAnIdleLinkBeginsWhenAPacketIsSeen(t *testing.T) {
	p := megabit(12, 0, 100)
	p.offer(1500, 0, 0)
	due, _ := p.offer(1500, 30*millis, 40*millis)
	if due != 41*millis {
		t.Errorf("due at %d; want 41 ms", due)
	}
}

func TestTheBufferHoldsWhatItTakesItsTimeToSend(t *testing.T) {
	p := megabit(12, 0, 50)
	accepted := 0
	for i := 0; i < 100; i++ {
		if _, v := p.offer(1500, 0, 0); v == delivered {
			accepted++
		}
	}
	if accepted != 50 {
		t.Errorf("accepted %d packets of 1 ms; want 50", accepted)
	}
	if p.waiting(0) != 50*millis || p.waiting(20*millis) != 30*millis || p.waiting(60*millis) != 0 {
		t.Error("waiting time does not shrink with the clock")
	}
	// A small packet still fits where a large one does not.
	now := millis / 2
	if _, v := p.offer(1500, 0, now); v != dropped {
		t.Error("a full buffer accepted a large packet")
	}
	if _, v := p.offer(700, 0, now); v != delivered {
		t.Error("a buffer with room for it dropped a small packet")
	}
}

func TestSendTimesAreExactForAllRatesAndSizes(t *testing.T) {
	for _, rate := range []int64{10_000, 999_983, 1e6, 20e6, 1e9, 10e9} {
		p := pacer{bitsPerSecond: rate}
		for size := 1; size <= mtuBytes; size++ {
			exact := float64(size) * 8e9 / float64(rate)
			if off := math.Abs(float64(p.sendTime(size)) - exact); off > 0.5 {
				t.Fatalf("%d bytes at %d bit/s take %d ns; want %f", size, rate, p.sendTime(size), exact)
			}
		}
	}
}

func TestLossIsRepeatableAndOfItsShareAndUsesTheLink(t *testing.T) {
	const n = 200_000
	losses := func(seed int64) (int, int64) {
		p := pacer{bitsPerSecond: 12e6, buffer: math.MaxInt64, loss: 0.01, random: rand.New(rand.NewSource(seed))}
		count := 0
		for i := 0; i < n; i++ {
			if _, v := p.offer(1500, 0, 0); v == lost {
				count++
			}
		}
		return count, p.freeAt
	}
	first, freeAt := losses(7)
	again, _ := losses(7)
	if first != again {
		t.Errorf("the same seed lost %d and then %d packets", first, again)
	}
	// Four standard deviations: the seed is fixed, so this does not change from run to run.
	if off := math.Abs(float64(first) - 0.01*n); off > 4*math.Sqrt(0.01*0.99*n) {
		t.Errorf("lost %d of %d packets; want about 1 %%", first, n)
	}
	if freeAt != n*millis {
		t.Errorf("the link was busy for %d ns; want %d", freeAt, n*millis)
	}
}
