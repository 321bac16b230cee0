package main

import (
	"encoding/binary"
	"math/rand"
	"testing"
)

func TestTheRingReturnsWhatItWasGivenInOrder(t *testing.T) {
	for seed := int64(1); seed <= 20; seed++ {
		random := rand.New(rand.NewSource(seed))
		ring := newPacketRing(5000 + random.Intn(9000))
		type packet struct {
			size int
			due  int64
		}
		var model []packet
		full := 0
		for step := 0; step < 20_000; step++ {
			if random.Intn(100) < 52 {
				room := ring.space()
				if room == nil {
					full++
					if len(model) == 0 {
						t.Fatalf("seed %d: an empty ring has no room", seed)
					}
					continue
				}
				p := packet{4 + random.Intn(mtuBytes-3), random.Int63()}
				binary.LittleEndian.PutUint32(room, uint32(step))
				room[p.size-1] = byte(p.due)
				if random.Intn(10) == 0 {
					continue // read, but not kept
				}
				ring.commit(p.size, p.due)
				model = append(model, p)
				continue
			}
			data, due := ring.oldest()
			if len(model) == 0 {
				if data != nil {
					t.Fatalf("seed %d: an empty ring returned a packet", seed)
				}
				continue
			}
			want := model[0]
			if len(data) != want.size || due != want.due || data[want.size-1] != byte(want.due) {
				t.Fatalf("seed %d step %d: got %d bytes due %d; want %v", seed, step, len(data), due, want)
			}
			ring.remove()
			model = model[1:]
		}
		if full == 0 {
			t.Fatalf("seed %d: the ring was never full, so nothing was tested about that", seed)
		}
	}
}

func TestTheRingHoldsAsManyBytesAsPromised(t *testing.T) {
	ring := newPacketRing(100 * (recordHeader + mtuBytes + recordHeader))
	kept := 0
	for ring.space() != nil {
		ring.commit(mtuBytes, 0)
		kept++
	}
	if kept < 100 {
		t.Errorf("the ring holds %d packets; want 100", kept)
	}
}
