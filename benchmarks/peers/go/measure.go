package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// result is what one run has measured, as one line of JSON.
type result struct {
	names  []string
	values []any
}

func (r *result) add(name string, value any) {
	r.names = append(r.names, name)
	r.values = append(r.values, value)
}

func (r *result) line() (string, error) {
	line := bytes.NewBufferString("{")
	for i, name := range r.names {
		if i > 0 {
			line.WriteByte(',')
		}
		value, err := json.Marshal(r.values[i])
		if err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
		fmt.Fprintf(line, "%q:%s", name, value)
	}
	line.WriteByte('}')
	return line.String(), nil
}

// span is the measured part of a run: its time, and the CPU time of this process.
type span struct {
	began, ended           time.Time
	beganCPU, endedCPU     time.Duration
	beganEpoch, endedEpoch int64
}

func beginSpan() *span {
	now := time.Now()
	return &span{began: now, beganEpoch: now.UnixMilli(), beganCPU: usedCPU()}
}

func (s *span) end() {
	s.ended = time.Now()
	s.endedEpoch = s.ended.UnixMilli()
	s.endedCPU = usedCPU()
}

func (s *span) seconds() float64 { return s.ended.Sub(s.began).Seconds() }

// addTo adds the times. Whoever has started the server can tell from the times of the wall clock how
// much CPU it took meanwhile.
func (s *span) addTo(r *result) {
	r.add("seconds", s.seconds())
	r.add("cpu_s", (s.endedCPU - s.beganCPU).Seconds())
	r.add("from_epoch_ms", s.beganEpoch)
	r.add("to_epoch_ms", s.endedEpoch)
}

// usedCPU is the user and system time of this process.
func usedCPU() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// runTogether lets all tasks begin at once and waits for their end or for the first failure.
func runTogether(tasks []func() error) (*span, error) {
	gate := make(chan struct{})
	ended := make(chan error, len(tasks))
	for _, task := range tasks {
		go func() {
			<-gate
			ended <- task()
		}()
	}
	measured := beginSpan()
	close(gate)
	for range tasks {
		if err := <-ended; err != nil {
			return nil, err
		}
	}
	measured.end()
	return measured, nil
}

// share is that of one of several workers: all together make the total.
func share(total, workers, index int64) int64 {
	own := total / workers
	if index < total%workers {
		own++
	}
	return own
}

// addLatencies adds the median and the time that one in a hundred exceeds, exact from all times.
func addLatencies(r *result, times [][]time.Duration) {
	all := slices.Concat(times...)
	slices.Sort(all)
	r.add("p50_us", nearestRankMicros(all, 0.5))
	r.add("p99_us", nearestRankMicros(all, 0.99))
}

// nearestRankMicros is the smallest time that at least this share of all times does not exceed.
func nearestRankMicros(sorted []time.Duration, share float64) float64 {
	rank := int(math.Ceil(share * float64(len(sorted))))
	return float64(sorted[min(max(rank, 1), len(sorted))-1].Nanoseconds()) / 1e3
}

// residentKB is the resident memory of this process, as Linux tells it.
func residentKB() (int64, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(status)) {
		if number, found := strings.CutPrefix(line, "VmRSS:"); found {
			return strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(number), "kB")), 10, 64)
		}
	}
	return 0, errors.New("/proc/self/status has no VmRSS")
}
