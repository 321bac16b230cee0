package main

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// A linkSpec says what a link is to be like. Its text is RATE/RTT or RATE/RTT/Qms, such as
// 100mbit/100ms/Q300. RATE is one for both directions or UP:DOWN; a buffer that is not named holds
// what passes in one round trip.
type linkSpec struct {
	name      string
	up        int64 // bits per second from client to server, of whole IP packets
	down      int64
	roundTrip time.Duration // without waiting and sending; half of it in each direction
	buffer    time.Duration // how long the drop-tail buffer takes to empty at the rate
	loss      float64       // share of the packets that vanish on the way
	seed      int64         // of what decides which
}

var rateUnits = []struct {
	suffix string
	bits   float64
}{{"kbit", 1e3}, {"mbit", 1e6}, {"gbit", 1e9}}

func parseLink(text string) (linkSpec, error) {
	spec := linkSpec{name: text}
	parts := strings.Split(text, "/")
	if len(parts) < 2 || len(parts) > 3 {
		return spec, fmt.Errorf("link is '%s', must be RATE/RTT or RATE/RTT/Qms, such as 100mbit/100ms/Q300", text)
	}
	rates := strings.Split(parts[0], ":")
	if len(rates) > 2 {
		return spec, fmt.Errorf("rate is '%s', must be one or UP:DOWN", parts[0])
	}
	var err error
	if spec.up, err = parseRate(rates[0]); err != nil {
		return spec, err
	}
	if spec.down, err = parseRate(rates[len(rates)-1]); err != nil {
		return spec, err
	}
	spec.roundTrip, err = time.ParseDuration(parts[1])
	if err != nil || spec.roundTrip < 0 || spec.roundTrip > 10*time.Second {
		return spec, fmt.Errorf("round trip is '%s', must be a time such as 100ms, at most 10s", parts[1])
	}
	spec.buffer = spec.roundTrip
	if len(parts) == 3 {
		millis, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(parts[2], "Q"), "ms"))
		if err != nil || !strings.HasPrefix(parts[2], "Q") || millis < 1 || millis > 10_000 {
			return spec, fmt.Errorf("buffer is '%s', must be Q and 1 to 10000 milliseconds, such as Q300", parts[2])
		}
		spec.buffer = time.Duration(millis) * time.Millisecond
	}
	return spec, nil
}

func parseRate(text string) (int64, error) {
	for _, unit := range rateUnits {
		if number := strings.TrimSuffix(text, unit.suffix); number != text {
			value, err := strconv.ParseFloat(number, 64)
			bits := math.Round(value * unit.bits)
			if err == nil && bits >= 10e3 && bits <= 10e9 {
				return int64(bits), nil
			}
		}
	}
	return 0, fmt.Errorf("rate is '%s', must be 10kbit to 10gbit, such as 100mbit", text)
}

// parseLoss reads a share of packets: 0.1% or 0.001.
func parseLoss(text string) (float64, error) {
	number, divisor := text, 1.0
	if strings.HasSuffix(text, "%") {
		number, divisor = strings.TrimSuffix(text, "%"), 100
	}
	value, err := strconv.ParseFloat(number, 64)
	if err != nil || !(value >= 0 && value/divisor < 1) {
		return 0, fmt.Errorf("loss is '%s', must be a share below 1, such as 0.1%%", text)
	}
	return value / divisor, nil
}

func (spec linkSpec) oneWay() time.Duration { return spec.roundTrip / 2 }
