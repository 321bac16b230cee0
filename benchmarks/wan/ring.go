package main

import "encoding/binary"

// recordHeader is the length of what stands before each packet in a ring: the time at which it is
// due (8 bytes) and its length (8 bytes, so that times are aligned).
const recordHeader = 16

// wrapMark instead of a length says that the ring goes on at its beginning.
const wrapMark = ^uint64(0)

// A packetRing keeps packets in the order of their arrival in memory that is taken once. Packets
// are read right into it. Not safe for concurrent use.
type packetRing struct {
	memory []byte
	head   int // where the oldest record begins
	tail   int // where the next one will begin
	used   int // bytes from head to tail, with what a wrap has left over
}

func newPacketRing(bytes int) *packetRing {
	return &packetRing{memory: make([]byte, align(bytes+recordHeader+mtuBytes))}
}

func align(n int) int { return (n + recordHeader - 1) / recordHeader * recordHeader }

// space returns room for the longest packet, or nil when the ring is full. Without commit the room
// is not taken.
func (r *packetRing) space() []byte {
	const record = recordHeader + mtuBytes
	if r.used == 0 {
		r.head, r.tail = 0, 0
	}
	room := len(r.memory) - r.tail
	if room < align(record) {
		if r.used+room+align(record) > len(r.memory) {
			return nil
		}
		// Records are aligned, so there is room for the mark unless the end is reached exactly.
		if room > 0 {
			binary.LittleEndian.PutUint64(r.memory[r.tail+8:], wrapMark)
		}
		r.used += room
		r.tail = 0
	}
	if r.used+align(record) > len(r.memory) {
		return nil
	}
	return r.memory[r.tail+recordHeader : r.tail+record]
}

// commit keeps the first bytes of what space returned last, until they are due.
func (r *packetRing) commit(packetBytes int, due int64) {
	binary.LittleEndian.PutUint64(r.memory[r.tail:], uint64(due))
	binary.LittleEndian.PutUint64(r.memory[r.tail+8:], uint64(packetBytes))
	step := align(recordHeader + packetBytes)
	r.tail += step
	r.used += step
}

// oldest returns the oldest packet and when it is due, or nil.
func (r *packetRing) oldest() ([]byte, int64) {
	for {
		if r.used == 0 {
			return nil, 0
		}
		room := len(r.memory) - r.head
		if room > 0 {
			length := binary.LittleEndian.Uint64(r.memory[r.head+8:])
			if length != wrapMark {
				begin := r.head + recordHeader
				return r.memory[begin : begin+int(length)], int64(binary.LittleEndian.Uint64(r.memory[r.head:]))
			}
		}
		r.used -= room
		r.head = 0
	}
}

// remove drops the oldest packet, which oldest has returned.
func (r *packetRing) remove() {
	step := align(recordHeader + int(binary.LittleEndian.Uint64(r.memory[r.head+8:])))
	r.head += step
	r.used -= step
}
