package main

import (
	"encoding/binary"
	"fmt"
	"io"
)

// What a client asks of the server first on each stream: a mode byte and a big-endian u64.
const (
	sink          = 'S'
	source        = 'G'
	echo          = 'E'
	requestLength = 9
)

// done is what a sink answers after the last byte.
const done = 'k'

// bulkLength is the length of a read or write of a bulk transfer, the same for every peer.
const bulkLength = 64 << 10

// The buffer of an echo begins so small that it counts little for an idle stream, and grows with what
// comes; chosen by judgement.
const (
	echoLength        = 64
	longestEchoLength = bulkLength
)

func writeRequest(to io.Writer, mode byte, bytes uint64) error {
	request := make([]byte, requestLength)
	request[0] = mode
	binary.BigEndian.PutUint64(request[1:], bytes)
	_, err := to.Write(request)
	return err
}

// serveStream does what the client asks, to the end of the stream. A failure only ends the stream:
// the client has asked for the transfer and reports what did not work.
func serveStream(served stream) {
	defer served.Close()
	request := make([]byte, requestLength)
	if _, err := io.ReadFull(served, request); err != nil {
		return
	}
	bytes := binary.BigEndian.Uint64(request[1:])
	switch request[0] {
	case sink:
		serveSink(served, bytes)
	case source:
		serveSource(served, bytes)
	case echo:
		serveEcho(served)
	}
}

func serveSink(served stream, bytes uint64) {
	buffer := make([]byte, min(bytes, bulkLength))
	if readAll(served, buffer, bytes) != nil {
		return
	}
	if _, err := served.Write([]byte{done}); err == nil {
		awaitClose(served)
	}
}

func serveSource(served stream, bytes uint64) {
	if writeAll(served, make([]byte, min(bytes, bulkLength)), bytes) == nil {
		awaitClose(served)
	}
}

func serveEcho(served stream) {
	buffer := make([]byte, echoLength)
	for {
		n, err := served.Read(buffer)
		if n > 0 {
			if _, err := served.Write(buffer[:n]); err != nil {
				return
			}
			if n == len(buffer) && n < longestEchoLength {
				buffer = make([]byte, 2*n)
			}
		}
		if err != nil {
			return
		}
	}
}

// readAll reads exactly so many bytes.
func readAll(from io.Reader, buffer []byte, bytes uint64) error {
	for left := bytes; left > 0; {
		n, err := from.Read(buffer[:min(left, uint64(len(buffer)))])
		left -= uint64(n)
		if err != nil && left > 0 {
			return fmt.Errorf("the stream ended with %d of %d bytes to come: %w", left, bytes, err)
		}
	}
	return nil
}

// writeAll writes exactly so many bytes.
func writeAll(to io.Writer, buffer []byte, bytes uint64) error {
	for left := bytes; left > 0; {
		n, err := to.Write(buffer[:min(left, uint64(len(buffer)))])
		if err != nil {
			return err
		}
		left -= uint64(n)
	}
	return nil
}

func awaitClose(served stream) {
	one := make([]byte, 1)
	for {
		if _, err := served.Read(one); err != nil {
			return
		}
	}
}
