package main

import "math/rand"

// mtuBytes is the longest IP packet of the link: that of Ethernet.
const mtuBytes = 1500

// A pacer computes what one direction of a link does with each packet: a sender of a fixed rate, a
// drop-tail buffer before it, a line with a delay and random loss behind it. It has no clock and no
// timer: the times at which packets leave follow from the rate alone, so that a late look at the
// packets costs the link none of its rate. Times are nanoseconds of one monotonic clock. Not safe
// for concurrent use.
type pacer struct {
	bitsPerSecond int64
	delay         int64
	buffer        int64 // the capacity of the buffer as the time that it takes to send it
	loss          float64
	random        *rand.Rand
	freeAt        int64 // when everything is sent that was accepted
}

type verdict int

const (
	delivered verdict = iota
	dropped           // the buffer was full
	lost              // sent, but vanished on the line
)

// sendTime returns how long the link takes to send a packet, to the nearest nanosecond.
func (p *pacer) sendTime(packetBytes int) int64 {
	return (int64(packetBytes)*8*1e9 + p.bitsPerSecond/2) / p.bitsPerSecond
}

// offer takes a packet that has come at some time from earliest to now, and returns what becomes of
// it and when it arrives at the other end.
//
// Nobody knows when exactly it has come. A link that was still busy at the earliest time counts as
// having gone on with this packet at once; one that was idle then begins with it now.
func (p *pacer) offer(packetBytes int, earliest, now int64) (int64, verdict) {
	begin := now
	if p.freeAt > earliest {
		begin = p.freeAt
	}
	end := begin + p.sendTime(packetBytes)
	if end-now > p.buffer {
		return 0, dropped
	}
	p.freeAt = end
	if p.loss > 0 && p.random.Float64() < p.loss {
		return 0, lost
	}
	return end + p.delay, delivered
}

// waiting returns how long a packet that comes now waits for those before it.
func (p *pacer) waiting(now int64) int64 {
	if p.freeAt < now {
		return 0
	}
	return p.freeAt - now
}
