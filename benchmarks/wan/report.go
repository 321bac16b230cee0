package main

import (
	"os"
	"strings"
	"time"
)

// A description says what the link is, in one line of JSON, once it carries packets.
type description struct {
	Link            string  `json:"link"`
	ClientNamespace string  `json:"client_namespace"`
	ServerNamespace string  `json:"server_namespace"`
	ClientAddress   string  `json:"client_address"`
	ServerAddress   string  `json:"server_address"`
	UpBits          int64   `json:"up_bits_per_s"`
	DownBits        int64   `json:"down_bits_per_s"`
	RoundTripMillis float64 `json:"round_trip_ms"`
	BufferMillis    float64 `json:"buffer_ms"`
	Loss            float64 `json:"loss"`
	Seed            int64   `json:"seed"`
	Congestion      string  `json:"congestion"`
	WriteLimit      string  `json:"wmem_max"`
	ReadLimit       string  `json:"rmem_max"`
	WriteBuffers    string  `json:"tcp_wmem"`
	ReadBuffers     string  `json:"tcp_rmem"`
}

func describe(l *link) description {
	d := description{
		Link:            l.spec.name,
		ClientNamespace: l.client.name,
		ServerNamespace: l.server.name,
		ClientAddress:   l.client.address,
		ServerAddress:   l.server.address,
		UpBits:          l.spec.up,
		DownBits:        l.spec.down,
		RoundTripMillis: milliseconds(int64(l.spec.roundTrip)),
		BufferMillis:    milliseconds(int64(l.spec.buffer)),
		Loss:            l.spec.loss,
		Seed:            l.spec.seed,
	}
	// What TCP really has there; a setting that cannot be read stays empty.
	_ = l.server.inside(func() error {
		d.Congestion = setting("net/ipv4/tcp_congestion_control")
		d.WriteLimit = setting("net/core/wmem_max")
		d.ReadLimit = setting("net/core/rmem_max")
		d.WriteBuffers = setting("net/ipv4/tcp_wmem")
		d.ReadBuffers = setting("net/ipv4/tcp_rmem")
		return nil
	})
	return d
}

func setting(name string) string {
	value, _ := os.ReadFile("/proc/sys/" + name)
	return strings.Join(strings.Fields(string(value)), " ")
}

// A sample has the counters of both directions since the link was made.
type sample struct {
	AtEpochMillis int64           `json:"at_epoch_ms"`
	Up            directionSample `json:"up"`
	Down          directionSample `json:"down"`
}

type directionSample struct {
	Packets     int64   `json:"packets"`
	Bytes       int64   `json:"bytes"`
	Dropped     int64   `json:"dropped"`
	Lost        int64   `json:"lost"`
	Failed      int64   `json:"failed"`
	Accepted    int64   `json:"accepted"`
	WaitMillis  float64 `json:"wait_ms"`     // of all accepted packets together
	MaxWait     float64 `json:"max_wait_ms"` // since the sample before
	MaxLateness float64 `json:"max_late_ms"` // since the sample before
}

// takeSample reads the counters and begins anew with the maxima.
func takeSample(l *link) sample {
	return sample{time.Now().UnixMilli(), l.up.counters.sample(), l.down.counters.sample()}
}

func (c *counters) sample() directionSample {
	return directionSample{
		Packets:     c.packets.Load(),
		Bytes:       c.bytes.Load(),
		Dropped:     c.dropped.Load(),
		Lost:        c.lost.Load(),
		Failed:      c.failed.Load(),
		Accepted:    c.accepted.Load(),
		WaitMillis:  milliseconds(c.waitNanos.Load()),
		MaxWait:     milliseconds(c.maxWait.Swap(0)),
		MaxLateness: milliseconds(c.maxLate.Swap(0)),
	}
}

func milliseconds(nanos int64) float64 { return float64(nanos) / 1e6 }
