package main

import (
	"strings"
	"testing"
	"time"
)

func TestLinksAreReadFromTheirText(t *testing.T) {
	for text, want := range map[string]linkSpec{
		"100mbit/100ms/Q300": {up: 100e6, down: 100e6, roundTrip: 100 * time.Millisecond, buffer: 300 * time.Millisecond},
		"1gbit/50ms":         {up: 1e9, down: 1e9, roundTrip: 50 * time.Millisecond, buffer: 50 * time.Millisecond},
		"1.5mbit:16mbit/25ms/Q200ms": {up: 1.5e6, down: 16e6, roundTrip: 25 * time.Millisecond,
			buffer: 200 * time.Millisecond},
	} {
		want.name = text
		if got, err := parseLink(text); err != nil || got != want {
			t.Errorf("%s: got %+v, %v", text, got, err)
		}
	}
}

func TestWrongLinksAreNamed(t *testing.T) {
	for text, message := range map[string]string{
		"100mbit":              "link is '100mbit'",
		"fast/100ms":           "rate is 'fast'",
		"100/100ms":            "rate is '100'",
		"0mbit/100ms":          "rate is '0mbit'",
		"1mbit:2mbit:3mbit/1s": "must be one or UP:DOWN",
		"100mbit/soon":         "round trip is 'soon'",
		"100mbit/-1ms":         "round trip is '-1ms'",
		"100mbit/100ms/300":    "buffer is '300'",
		"100mbit/100ms/Q0":     "buffer is 'Q0'",
	} {
		if _, err := parseLink(text); err == nil || !strings.Contains(err.Error(), message) {
			t.Errorf("%s: got %v; want %s", text, err, message)
		}
	}
}

func TestLossIsAShareOrAPercentage(t *testing.T) {
	for text, want := range map[string]float64{"0": 0, "0.1%": 0.001, "0.01": 0.01, "1%": 0.01} {
		if got, err := parseLoss(text); err != nil || got != want {
			t.Errorf("%s: got %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"some", "-1%", "100%", "NaN"} {
		if _, err := parseLoss(text); err == nil {
			t.Errorf("%s was accepted", text)
		}
	}
}
