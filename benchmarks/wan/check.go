package main

import (
	"context"
	"fmt"
	"math"
	"os"
	"os/signal"
	"sort"
	"strings"
	"syscall"
	"time"
)

// What a link promises, as shares of what it is to have.
const (
	rateTolerance   = 0.03
	delayTolerance  = 0.05
	bufferTolerance = 0.05
)

const (
	smallPacket = 64

	// overload is how much faster than the link the check sends once the buffer is full.
	overload = 1.15

	// settling is how long a link has been overloaded before it is measured.
	settling = 200 * time.Millisecond

	// lossSigmas is how many standard deviations losses may be off. That is exceeded in one of
	// 10,000 seeds; for a given seed the same packets vanish each time.
	lossSigmas = 3.89
)

// A checkPlan says what is measured and for how long.
type checkPlan struct {
	links       []string
	losses      []float64
	overloaded  time.Duration
	probes      int
	lossPackets int
}

var (
	fullCheck = checkPlan{
		links:       []string{"100mbit/100ms/Q300", "20mbit/40ms/Q500", "1gbit/50ms", "10mbit/200ms"},
		losses:      []float64{0.001, 0.01},
		overloaded:  2 * time.Second,
		probes:      200,
		lossPackets: 200_000,
	}
	shortCheck = checkPlan{
		links:       []string{"100mbit/100ms/Q300", "20mbit/40ms/Q500"},
		losses:      []float64{0.01},
		overloaded:  time.Second,
		probes:      60,
		lossPackets: 40_000,
	}
)

// A finding is one figure of a link beside what it is to be.
type finding struct {
	link      string
	direction string
	figure    string
	unit      string
	want      float64
	got       float64
	allowed   float64 // how far it may be off
	isShare   bool    // whether that is a share of what it is to be
}

func (f finding) off() float64 {
	if f.isShare {
		return (f.got - f.want) / f.want
	}
	return f.got - f.want
}

func (f finding) isGood() bool { return math.Abs(f.off()) <= f.allowed }

func runCheck(arguments []string) int {
	flags := newFlags("check")
	short := flags.Bool("short", false, "two links and one loss, in less than 20 seconds")
	links := flags.String("links", "", "check these links instead, separated by commas")
	if err := flags.Parse(arguments); err != nil {
		return exitUsage
	}
	plan := fullCheck
	if *short {
		plan = shortCheck
	}
	if *links != "" {
		plan.links, plan.losses = strings.Split(*links, ","), nil
	}
	for _, text := range plan.links {
		if _, err := parseLink(text); err != nil {
			return wrongArguments(err)
		}
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	return prepare(func() error {
		if err := removeLeftovers(); err != nil {
			return err
		}
		return check(ctx, plan)
	})
}

func check(ctx context.Context, plan checkPlan) error {
	var all []finding
	for _, text := range plan.links {
		fmt.Fprintf(os.Stderr, "checking %s ...\n", text)
		spec, err := parseLink(text)
		if err != nil {
			return err
		}
		findings, err := checkLink(ctx, spec, func(d *checkedDirection) error { return d.checkShape(ctx, plan) })
		if err != nil {
			return err
		}
		all = append(all, findings...)
	}
	for _, loss := range plan.losses {
		spec := linkSpec{up: 1e9, down: 1e9, roundTrip: 20 * time.Millisecond, buffer: 100 * time.Millisecond,
			loss: loss, seed: 1, name: fmt.Sprintf("loss %g%%, seed 1", loss*100)}
		fmt.Fprintf(os.Stderr, "checking %s ...\n", spec.name)
		findings, err := checkLink(ctx, spec, func(d *checkedDirection) error { return d.checkLoss(ctx, plan.lossPackets) })
		if err != nil {
			return err
		}
		all = append(all, findings...)
	}
	printFindings(all)
	for _, f := range all {
		if !f.isGood() {
			return fmt.Errorf("the link is not what it promises")
		}
	}
	return nil
}

// A checkedDirection is one direction of a link and what was found out about it.
type checkedDirection struct {
	spec      linkSpec
	name      string
	from, to  namespace
	direction *direction
	findings  []finding
}

func checkLink(ctx context.Context, spec linkSpec, do func(*checkedDirection) error) ([]finding, error) {
	l, err := openLink(spec, "")
	if err != nil {
		return nil, err
	}
	defer l.close()
	var findings []finding
	for _, d := range []*checkedDirection{
		{spec: spec, name: "up", from: l.client, to: l.server, direction: l.up},
		{spec: spec, name: "down", from: l.server, to: l.client, direction: l.down},
	} {
		if err := do(d); err != nil {
			return nil, err
		}
		findings = append(findings, d.findings...)
	}
	return findings, nil
}

func (d *checkedDirection) add(figure, unit string, want, got, allowed float64, isShare bool) {
	d.findings = append(d.findings, finding{d.spec.name, d.name, figure, unit, want, got, allowed, isShare})
}

// checkShape measures delay, rate and buffer.
func (d *checkedDirection) checkShape(ctx context.Context, plan checkPlan) error {
	idle, _, err := d.pass(func(p *prober) error {
		interval := 5 * time.Millisecond
		rate := smallPacket * 8 / interval.Seconds()
		return p.send(ctx, smallPacket, 0, rate, time.Duration(plan.probes)*interval)
	})
	if err != nil {
		return err
	}
	oneWay := float64(medianTook(idle))
	pacer := &d.direction.pacer
	d.add("delay", "ms", float64(pacer.delay+pacer.sendTime(smallPacket))/1e6, oneWay/1e6, delayTolerance, true)

	fill := int(1.1*float64(pacer.buffer)/float64(pacer.sendTime(mtuBytes))) + 10
	begun := time.Now()
	crowded, _, err := d.pass(func(p *prober) error {
		return p.send(ctx, mtuBytes, fill, overload*float64(pacer.bitsPerSecond), settling+plan.overloaded)
	})
	if err != nil {
		return err
	}
	measured := begun.Add(settling).UnixNano()
	first := measured + pacer.delay
	var rated, steady []arrival
	for _, a := range crowded {
		if a.received < first || a.received >= first+int64(plan.overloaded) {
			continue
		}
		rated = append(rated, a)
		if a.sent >= measured {
			steady = append(steady, a)
		}
	}
	if len(rated) < 2 {
		return fmt.Errorf("%s %s: %d packets came in %v of overload", d.spec.name, d.name, len(rated), plan.overloaded)
	}
	span := rated[len(rated)-1].received - rated[0].received
	rate := float64(len(rated)-1) * mtuBytes * 8 / (float64(span) / 1e9)
	d.add("rate", "Mbit/s", float64(pacer.bitsPerSecond)/1e6, rate/1e6, rateTolerance, true)
	waited := float64(medianTook(steady)) - float64(pacer.delay)
	d.add("buffer", "ms", float64(pacer.buffer)/1e6, waited/1e6, bufferTolerance, true)
	return nil
}

// checkLoss counts what vanishes below the rate of the link.
func (d *checkedDirection) checkLoss(ctx context.Context, packets int) error {
	const packetBytes, rate = 250, 100e6
	duration := time.Duration(float64(packets) * packetBytes * 8 / rate * float64(time.Second))
	arrivals, sent, err := d.pass(func(p *prober) error { return p.send(ctx, packetBytes, 0, rate, duration) })
	if err != nil {
		return err
	}
	share := float64(sent-int64(len(arrivals))) / float64(sent)
	allowed := lossSigmas * math.Sqrt(d.spec.loss*(1-d.spec.loss)/float64(sent))
	d.add("loss", "%", d.spec.loss*100, share*100, allowed*100, false)
	return nil
}

// pass sends packets and waits for them. Each must arrive or be accounted for by the link: one that
// vanishes anywhere else, in a queue of a device for instance, makes the link a wrong one.
func (d *checkedDirection) pass(send func(*prober) error) ([]arrival, int64, error) {
	c := &d.direction.counters
	before := c.dropped.Load() + c.lost.Load()
	p, err := newProber(d.from, d.to)
	if err != nil {
		return nil, 0, err
	}
	sendErr := send(p)
	arrivals, sent, err := p.finish(d.spec.oneWay() + d.spec.buffer)
	if sendErr != nil {
		return nil, 0, sendErr
	}
	if err != nil {
		return nil, 0, err
	}
	missing := sent - int64(len(arrivals)) - (c.dropped.Load() + c.lost.Load() - before)
	if missing != 0 {
		return nil, 0, fmt.Errorf("%s %s: of %d packets %d have vanished that the link neither dropped nor lost", d.spec.name,
			d.name, sent, missing)
	}
	fmt.Fprintf(os.Stderr, "  %s: packets were delivered at most %.2f ms late\n", d.name, milliseconds(c.maxLate.Swap(0)))
	if d.spec.loss == 0 && c.lost.Load() != 0 {
		return nil, 0, fmt.Errorf("%s %s: lost %d packets; want none", d.spec.name, d.name, c.lost.Load())
	}
	return arrivals, sent, nil
}

func medianTook(arrivals []arrival) int64 {
	if len(arrivals) == 0 {
		return 0
	}
	took := make([]int64, len(arrivals))
	for i, a := range arrivals {
		took[i] = a.took()
	}
	sort.Slice(took, func(i, j int) bool { return took[i] < took[j] })
	return took[len(took)/2]
}

func printFindings(findings []finding) {
	const layout = "%-20s  %-9s  %-6s  %14s  %14s  %9s  %9s  %s\n"
	fmt.Printf(layout, "link", "direction", "figure", "is to be", "measured", "off by", "allowed", "")
	for _, f := range findings {
		verdict := "good"
		if !f.isGood() {
			verdict = "WRONG"
		}
		off, allowed := fmt.Sprintf("%+.2f %%", f.off()*100), fmt.Sprintf("%.0f %%", f.allowed*100)
		if !f.isShare {
			off, allowed = fmt.Sprintf("%+.3f", f.off()), fmt.Sprintf("%.3f", f.allowed)
		}
		value := func(v float64) string { return fmt.Sprintf("%.3f %s", v, f.unit) }
		fmt.Printf(layout, f.link, f.direction, f.figure, value(f.want), value(f.got), off, allowed, verdict)
	}
}
