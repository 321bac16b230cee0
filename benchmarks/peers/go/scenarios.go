package main

import (
	"errors"
	"fmt"
	"io"
	"math"
	"runtime/debug"
	"sync/atomic"
	"time"
)

const bytesPerMegabyte = 1e6

// Part of the round trips that is made before the clock starts, unless it is set by hand.
const warmupDivisor = 10

// loadedMessageLength is the length of a message beside a load.
const loadedMessageLength = 64

// idleWindow is how many streams may wait for their echo at a time: below the accept queue of every
// multiplexer, the shortest of which holds 100.
const idleWindow = 64

// work is what a client does and measures.
type work func(connection, *result) error

// scenarios read their options and return what is to be done.
var scenarios = map[string]func(*options) (work, error){
	"up":       func(o *options) (work, error) { return bulk(o, moveUp) },
	"down":     func(o *options) (work, error) { return bulk(o, moveDown) },
	"pingpong": func(o *options) (work, error) { return roundTrips(o, 1) },
	"rr": func(o *options) (work, error) {
		streams, err := o.atLeast("streams", 60, 1)
		if err != nil {
			return nil, err
		}
		return roundTrips(o, streams)
	},
	"loaded": loaded,
	"open":   opens,
	"idle":   idle,
}

func bulk(o *options, move func(stream, int64) error) (work, error) {
	streams, err1 := o.atLeast("streams", 1, 1)
	bytes, err2 := o.atLeast("bytes", 1_000_000_000, streams)
	warmup, err3 := o.atLeast("warmup", 0, 0)
	return func(c connection, r *result) error {
		if warmup > 0 {
			if _, err := transfer(c, streams, warmup, move); err != nil {
				return err
			}
		}
		measured, err := transfer(c, streams, bytes, move)
		if err != nil {
			return err
		}
		r.add("streams", streams)
		r.add("bytes", bytes)
		r.add("MBps", float64(bytes)/bytesPerMegabyte/measured.seconds())
		measured.addTo(r)
		return nil
	}, errors.Join(err1, err2, err3)
}

func transfer(c connection, streams, total int64, move func(stream, int64) error) (*span, error) {
	opened, err := openAll(c, streams)
	if err != nil {
		return nil, err
	}
	tasks := make([]func() error, streams)
	for i := range tasks {
		tasks[i] = func() error { return move(opened[i], share(total, streams, int64(i))) }
	}
	measured, err := runTogether(tasks)
	closeAll(opened)
	return measured, err
}

func openAll(c connection, streams int64) ([]stream, error) {
	opened := make([]stream, streams)
	for i := range opened {
		var err error
		if opened[i], err = c.Open(); err != nil {
			return nil, err
		}
	}
	return opened, nil
}

func closeAll(opened []stream) {
	for _, each := range opened {
		each.Close()
	}
}

func moveUp(s stream, bytes int64) error {
	if err := writeRequest(s, sink, uint64(bytes)); err != nil {
		return err
	}
	if err := writeAll(s, make([]byte, bulkLength), uint64(bytes)); err != nil {
		return err
	}
	return awaitDone(s)
}

func moveDown(s stream, bytes int64) error {
	if err := writeRequest(s, source, uint64(bytes)); err != nil {
		return err
	}
	return readAll(s, make([]byte, bulkLength), uint64(bytes))
}

func awaitDone(s stream) error {
	answer := make([]byte, 1)
	if _, err := io.ReadFull(s, answer); err != nil {
		return err
	}
	if answer[0] != done {
		return fmt.Errorf("the server answered %d, must be %d", answer[0], done)
	}
	return nil
}

func roundTrips(o *options, streams int64) (work, error) {
	count, err1 := o.atLeast("count", 10_000, streams)
	size, err2 := o.atLeast("size", 64, 1)
	warmup, err3 := o.atLeast("warmup", count/warmupDivisor, 0)
	return func(c connection, r *result) error {
		opened, err := openAll(c, streams)
		if err != nil {
			return err
		}
		defer closeAll(opened)
		for _, each := range opened {
			if err := writeRequest(each, echo, 0); err != nil {
				return err
			}
		}
		if _, _, err := tripTogether(opened, warmup, size); err != nil {
			return err
		}
		times, measured, err := tripTogether(opened, count, size)
		if err != nil {
			return err
		}
		r.add("streams", streams)
		r.add("count", count)
		r.add("size", size)
		r.add("rps", float64(count)/measured.seconds())
		addLatencies(r, times)
		measured.addTo(r)
		return nil
	}, errors.Join(err1, err2, err3)
}

// tripTogether makes round trips on all streams at once and returns the time of each.
func tripTogether(opened []stream, total, size int64) ([][]time.Duration, *span, error) {
	times := make([][]time.Duration, len(opened))
	tasks := make([]func() error, len(opened))
	for i, each := range opened {
		tasks[i] = func() (err error) {
			times[i], err = trips(each, share(total, int64(len(opened)), int64(i)), size)
			return err
		}
	}
	measured, err := runTogether(tasks)
	return times, measured, err
}

// trips sends messages on one echo stream, each after the answer to the one before.
func trips(s stream, count, size int64) ([]time.Duration, error) {
	message, answer := make([]byte, size), make([]byte, size)
	times := make([]time.Duration, count)
	before := time.Now()
	for i := range times {
		if _, err := s.Write(message); err != nil {
			return nil, err
		}
		if _, err := io.ReadFull(s, answer); err != nil {
			return nil, err
		}
		after := time.Now()
		times[i] = after.Sub(before)
		before = after
	}
	return times, nil
}

func loaded(o *options) (work, error) {
	streams, err1 := o.atLeast("streams", 4, 1)
	count, err2 := o.atLeast("count", 1000, 1)
	warmup, err3 := o.atLeast("warmup", count/warmupDivisor, 0)
	return func(c connection, r *result) error {
		pinged, err := c.Open()
		if err != nil {
			return err
		}
		defer pinged.Close()
		load, err := startLoad(c, streams)
		if err != nil {
			return err
		}
		defer load.stop()
		if err := writeRequest(pinged, echo, 0); err != nil {
			return err
		}
		only := []stream{pinged}
		if _, _, err := tripTogether(only, warmup, loadedMessageLength); err != nil {
			return err
		}
		before := load.written.Load()
		times, measured, err := tripTogether(only, count, loadedMessageLength)
		if err != nil {
			return err
		}
		bytes := load.written.Load() - before
		if err := load.failure(); err != nil {
			return err
		}
		r.add("streams", streams)
		r.add("count", count)
		r.add("bytes", bytes)
		r.add("MBps", float64(bytes)/bytesPerMegabyte/measured.seconds())
		addLatencies(r, times)
		measured.addTo(r)
		return nil
	}, errors.Join(err1, err2, err3)
}

// load is streams that carry bytes to the server until they are stopped.
type load struct {
	streams []stream
	written atomic.Int64
	failed  chan error
}

// startLoad returns once each of the streams has carried something.
func startLoad(c connection, streams int64) (*load, error) {
	opened, err := openAll(c, streams)
	if err != nil {
		return nil, err
	}
	started := &load{streams: opened, failed: make(chan error, streams)}
	begun := make(chan struct{}, streams)
	for _, each := range opened {
		go func() { started.failed <- started.write(each, begun) }()
	}
	for range opened {
		select {
		case <-begun:
		case err := <-started.failed:
			return nil, err
		}
	}
	return started, nil
}

func (l *load) write(s stream, begun chan<- struct{}) error {
	if err := writeRequest(s, sink, math.MaxInt64); err != nil {
		return err
	}
	buffer := make([]byte, bulkLength)
	if _, err := s.Write(buffer); err != nil {
		return err
	}
	begun <- struct{}{}
	for {
		n, err := s.Write(buffer)
		if err != nil {
			return err
		}
		l.written.Add(int64(n))
	}
}

// failure tells what a stream has failed with, if one has: the load was not what it should have been.
func (l *load) failure() error {
	select {
	case err := <-l.failed:
		return fmt.Errorf("a stream of the load failed: %w", err)
	default:
		return nil
	}
}

func (l *load) stop() { closeAll(l.streams) }

func opens(o *options) (work, error) {
	workers, err1 := o.atLeast("concurrency", 8, 1)
	count, err2 := o.atLeast("count", 10_000, workers)
	warmup, err3 := o.atLeast("warmup", 0, 0)
	return func(c connection, r *result) error {
		if _, err := openTogether(c, workers, warmup); err != nil {
			return err
		}
		measured, err := openTogether(c, workers, count)
		if err != nil {
			return err
		}
		r.add("concurrency", workers)
		r.add("count", count)
		r.add("opens_per_s", float64(count)/measured.seconds())
		measured.addTo(r)
		return nil
	}, errors.Join(err1, err2, err3)
}

func openTogether(c connection, workers, total int64) (*span, error) {
	tasks := make([]func() error, workers)
	for i := range tasks {
		tasks[i] = func() error {
			for range share(total, workers, int64(i)) {
				if err := useOnce(c); err != nil {
					return err
				}
			}
			return nil
		}
	}
	return runTogether(tasks)
}

func useOnce(c connection) error {
	s, err := c.Open()
	if err != nil {
		return err
	}
	defer s.Close()
	if err := writeRequest(s, sink, 1); err != nil {
		return err
	}
	if _, err := s.Write(make([]byte, 1)); err != nil {
		return err
	}
	return awaitDone(s)
}

func idle(o *options) (work, error) {
	streams, err := o.atLeast("streams", 1000, 1)
	return func(c connection, r *result) error {
		held := &idleStreams{tokens: make(chan struct{}, idleWindow), failed: make(chan error, 1)}
		// What the first stream makes is not a cost of each.
		if err := held.open(c, 1); err != nil {
			return err
		}
		base, err := collectedResidentKB()
		if err != nil {
			return err
		}
		if err := held.open(c, streams); err != nil {
			return err
		}
		all, err := collectedResidentKB()
		if err != nil {
			return err
		}
		r.add("streams", streams)
		r.add("base_rss_kb", base)
		r.add("rss_kb", all)
		return nil
	}, err
}

func collectedResidentKB() (int64, error) {
	debug.FreeOSMemory()
	return residentKB()
}

// idleStreams are streams that have echoed a byte and are watched for what should not come.
type idleStreams struct {
	tokens chan struct{}
	failed chan error
}

// open opens streams and returns once all of them have echoed their byte.
func (i *idleStreams) open(c connection, count int64) error {
	for range count {
		if err := i.acquire(); err != nil {
			return err
		}
		s, err := c.Open()
		if err != nil {
			return err
		}
		if err := writeRequest(s, echo, 0); err != nil {
			return err
		}
		if _, err := s.Write(make([]byte, 1)); err != nil {
			return err
		}
		go i.watch(s)
	}
	for range idleWindow {
		if err := i.acquire(); err != nil {
			return err
		}
	}
	for range idleWindow {
		<-i.tokens
	}
	return nil
}

// acquire waits for one of the places in the window.
func (i *idleStreams) acquire() error {
	select {
	case i.tokens <- struct{}{}:
		return nil
	case err := <-i.failed:
		return fmt.Errorf("an idle stream failed: %w", err)
	}
}

func (i *idleStreams) watch(s stream) {
	one := make([]byte, 1)
	_, err := io.ReadFull(s, one)
	if err == nil {
		<-i.tokens
		if _, err = s.Read(one); err == nil {
			err = errors.New("it echoed more than one byte")
		}
	}
	select {
	case i.failed <- err:
	default:
	}
}
