package main

import (
	"fmt"
	"os"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// deviceQueuePackets is how many packets wait in a device at most until the forwarder reads them:
// so many that none is ever dropped there. Chosen by judgement: 0.2 s of full packets at 1 Gbit/s.
const deviceQueuePackets = 20_000

// A link is two namespaces and what carries packets between them.
type link struct {
	spec     linkSpec
	client   namespace
	server   namespace
	up       *direction // from client to server
	down     *direction
	stopping atomic.Bool
	ended    chan struct{} // closed when packets are no longer carried
	err      error         // why, unless it was asked for; valid then
	devices  []int
	once     sync.Once
}

// openLink makes the namespaces and begins to carry packets.
func openLink(spec linkSpec, congestion string) (*link, error) {
	takeBack, err := allowCongestion(congestion)
	if err != nil {
		return nil, err
	}
	defer takeBack()
	l := &link{spec: spec, ended: make(chan struct{})}
	l.client, l.server = newNamespaces()
	for _, end := range []namespace{l.client, l.server} {
		device, err := end.make(deviceQueuePackets, linkSettings(congestion))
		if err != nil {
			l.close()
			return nil, err
		}
		l.devices = append(l.devices, device)
	}
	l.up = newDirection(spec.up, spec, spec.seed, l.devices[0], l.devices[1])
	l.down = newDirection(spec.down, spec, spec.seed+1, l.devices[1], l.devices[0])
	go func() {
		l.err = forward(l.up, l.down, &l.stopping)
		close(l.ended)
	}()
	return l, nil
}

// close removes what was made, also when it was made in part. Later calls wait for the first one.
func (l *link) close() {
	l.once.Do(func() {
		l.stopping.Store(true)
		if l.up != nil {
			<-l.ended
		}
		for _, device := range l.devices {
			unix.Close(device)
		}
		for _, end := range []namespace{l.client, l.server} {
			if _, err := os.Stat(end.path()); err != nil {
				continue
			}
			if err := removeNamespace(end.name); err != nil {
				fmt.Fprintf(os.Stderr, "wan: %v\n", err)
			}
		}
	})
}
