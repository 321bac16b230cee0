package main

import (
	"fmt"
	"math/rand"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// pause is how long the forwarder rests after it has moved packets, so that it moves several at
	// a time: 1 % of the shortest one-way delay that is measured with it. Chosen by judgement.
	pause = int64(100 * time.Microsecond)

	// earliness is how much too early a packet may be delivered: half of a pause, so that being
	// early and late cancel out.
	earliness = pause / 2

	// longestSleep is how soon the forwarder finds out that it is to stop. Chosen by judgement.
	longestSleep = int64(100 * time.Millisecond)

	// batch is how many packets are read before due ones are delivered. Chosen by judgement: a
	// batch takes some 100 microseconds.
	batch = 64

	// stall is how far behind the forwarder may be with what it reads and delivers without losing
	// packets for want of memory. Chosen by judgement.
	stall = int64(200 * time.Millisecond)
)

// Counters tell what has become of the packets of one direction. They may be read at any time.
type counters struct {
	packets   atomic.Int64 // delivered
	bytes     atomic.Int64 // delivered, of whole IP packets
	dropped   atomic.Int64 // at a full buffer
	lost      atomic.Int64 // on the line
	failed    atomic.Int64 // that the link failed to carry, which makes it a wrong link
	waitNanos atomic.Int64 // of all that were accepted, in the buffer and while they were sent
	accepted  atomic.Int64
	maxWait   atomic.Int64
	maxLate   atomic.Int64 // how much too late a packet was delivered
}

// A direction carries packets from one device to another.
type direction struct {
	pacer    pacer
	ring     *packetRing
	from     int
	to       int
	lookedAt int64 // when the last packet was taken from the device, or none was there
	counters counters
}

func newDirection(bits int64, spec linkSpec, seed int64, from, to int) *direction {
	d := &direction{
		pacer: pacer{
			bitsPerSecond: bits,
			delay:         int64(spec.oneWay()),
			buffer:        int64(spec.buffer),
			loss:          spec.loss,
			random:        rand.New(rand.NewSource(seed)),
		},
		from:     from,
		to:       to,
		lookedAt: monotonic(),
	}
	// A packet of nothing but headers takes half as much again in the ring.
	inFlight := float64(d.pacer.delay+d.pacer.buffer+stall) / 1e9 * float64(bits) / 8
	d.ring = newPacketRing(int(inFlight*1.5) + 64*mtuBytes)
	return d
}

// take reads packets from the device; reports whether there may be more.
func (d *direction) take() (bool, error) {
	c := &d.counters
	for i := 0; i < batch; i++ {
		room := d.ring.space()
		isFull := room == nil
		if isFull {
			room = make([]byte, mtuBytes)
		}
		n, err := unix.Read(d.from, room)
		now := monotonic()
		if err == unix.EAGAIN {
			d.lookedAt = now
			return false, nil
		}
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return false, fmt.Errorf("cannot read from the device: %v", err)
		}
		if isFull {
			c.failed.Add(1)
			continue
		}
		due, v := d.pacer.offer(n, d.lookedAt, now)
		switch v {
		case dropped:
			c.dropped.Add(1)
			continue
		case lost:
			c.lost.Add(1)
		case delivered:
			d.ring.commit(n, due)
		}
		wait := d.pacer.waiting(now)
		c.accepted.Add(1)
		c.waitNanos.Add(wait)
		if wait > c.maxWait.Load() {
			c.maxWait.Store(wait)
		}
	}
	return true, nil
}

// give delivers the packets that are due; returns when the next one will be, or 0.
func (d *direction) give(now int64) int64 {
	c := &d.counters
	for {
		packet, due := d.ring.oldest()
		if packet == nil {
			return 0
		}
		if due > now+earliness {
			return due
		}
		if _, err := unix.Write(d.to, packet); err != nil {
			c.failed.Add(1)
		} else {
			c.packets.Add(1)
			c.bytes.Add(int64(len(packet)))
		}
		if late := now - due; late > c.maxLate.Load() {
			c.maxLate.Store(late)
		}
		d.ring.remove()
	}
}

// forward carries packets in both directions until stop is set.
func forward(up, down *direction, stop *atomic.Bool) error {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	both := []*direction{up, down}
	waitFor := []unix.PollFd{{Fd: int32(up.from), Events: unix.POLLIN}, {Fd: int32(down.from), Events: unix.POLLIN}}
	for !stop.Load() {
		begun := monotonic()
		next, more, moved := begun+longestSleep, false, moves(both)
		for _, d := range both {
			hasMore, err := d.take()
			if err != nil {
				return err
			}
			more = more || hasMore
		}
		for _, d := range both {
			if due := d.give(monotonic()); due != 0 && due-earliness < next {
				next = due - earliness
			}
		}
		if more {
			continue
		}
		now := monotonic()
		if moves(both) != moved {
			if now < begun+pause {
				sleepUntil(nil, now, begun+pause)
			}
			continue
		}
		if next > now {
			sleepUntil(waitFor, now, next)
		}
	}
	return nil
}

// moves counts the packets that were taken or delivered.
func moves(directions []*direction) int64 {
	count := int64(0)
	for _, d := range directions {
		c := &d.counters
		count += c.accepted.Load() + c.dropped.Load() + c.packets.Load()
	}
	return count
}

// sleepUntil waits for a time, or for a packet where devices are given.
func sleepUntil(devices []unix.PollFd, now, until int64) {
	timeout := unix.NsecToTimespec(until - now)
	// An interrupted wait is a short one.
	_, _ = unix.Ppoll(devices, &timeout, nil)
}
