package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"net/netip"
	"runtime"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// udpHeaders are those of IPv4 and UDP.
	udpHeaders = 20 + 8

	probePort = 9

	// receiveBuffer holds what comes while the receiver does not run. Chosen by judgement: half a
	// second at 1 Gbit/s.
	receiveBuffer = 64 << 20

	// silence is how long the receiver waits for a packet before it looks whether it is to end.
	silence = 50 * time.Millisecond
)

// An arrival is a packet that has come through the link. Times are those of the wall clock: when it
// was sent, and when the kernel of the receiver had it.
type arrival struct {
	sent     int64
	received int64
}

func (a arrival) took() int64 { return a.received - a.sent }

// A prober sends packets of known size and time through one direction of a link.
type prober struct {
	out      int
	in       int
	arrivals []arrival
	number   uint64
	stopping atomic.Bool
	ended    chan error
}

func newProber(from, to namespace) (*prober, error) {
	p := &prober{out: -1, in: -1, ended: make(chan error, 1)}
	err := to.inside(func() (err error) {
		p.in, err = receiver(to.address)
		return err
	})
	if err == nil {
		err = from.inside(func() (err error) {
			p.out, err = unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
			if err == nil {
				err = unix.Connect(p.out, socketAddress(to.address))
			}
			return err
		})
	}
	if err != nil {
		p.closeSockets()
		return nil, fmt.Errorf("cannot make the sockets of the check: %v", err)
	}
	go func() { p.ended <- p.receive() }()
	return p, nil
}

func socketAddress(address string) *unix.SockaddrInet4 {
	return &unix.SockaddrInet4{Port: probePort, Addr: netip.MustParseAddr(address).As4()}
}

func receiver(address string) (int, error) {
	in, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, err
	}
	timeout := unix.NsecToTimeval(int64(silence))
	for _, step := range []func() error{
		func() error { return unix.SetsockoptInt(in, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, receiveBuffer) },
		func() error { return unix.SetsockoptInt(in, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1) },
		func() error { return unix.SetsockoptTimeval(in, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &timeout) },
		func() error { return unix.Bind(in, socketAddress(address)) },
	} {
		if err := step(); err != nil {
			unix.Close(in)
			return -1, err
		}
	}
	return in, nil
}

// receive collects arrivals until it is to stop and nothing comes any more.
func (p *prober) receive() error {
	runtime.LockOSThread()
	packet, control := make([]byte, mtuBytes), make([]byte, 128)
	for {
		n, controls, _, _, err := unix.Recvmsg(p.in, packet, control, 0)
		if err == unix.EAGAIN {
			if p.stopping.Load() {
				return nil
			}
			continue
		}
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return fmt.Errorf("cannot receive: %v", err)
		}
		if n < 16 || controls < unix.CmsgLen(16) {
			return fmt.Errorf("received %d bytes with %d of control data; want 16 and %d", n, controls, unix.CmsgLen(16))
		}
		// struct timespec of the only control message.
		stamp := control[unix.CmsgLen(0):]
		p.arrivals = append(p.arrivals, arrival{
			sent:     int64(binary.LittleEndian.Uint64(packet[8:])),
			received: int64(binary.LittleEndian.Uint64(stamp))*1e9 + int64(binary.LittleEndian.Uint64(stamp[8:])),
		})
	}
}

// send sends a burst and then packets at a rate, for some time.
func (p *prober) send(ctx context.Context, packetBytes, burst int, bitsPerSecond float64, duration time.Duration) error {
	packet := make([]byte, packetBytes-udpHeaders)
	begun := time.Now()
	for sent := 0; ; {
		elapsed := time.Since(begun)
		if elapsed >= duration {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		wanted := burst + int(elapsed.Seconds()*bitsPerSecond/8/float64(packetBytes))
		if sent > wanted {
			sleepUntil(nil, 0, pause)
			continue
		}
		for ; sent <= wanted; sent++ {
			binary.LittleEndian.PutUint64(packet, p.number)
			binary.LittleEndian.PutUint64(packet[8:], uint64(time.Now().UnixNano()))
			if _, err := unix.Write(p.out, packet); err != nil {
				return fmt.Errorf("cannot send: %v", err)
			}
			p.number++
		}
	}
}

// finish waits until everything has arrived that will, and returns it with the number of packets
// that were sent.
func (p *prober) finish(transit time.Duration) ([]arrival, int64, error) {
	time.Sleep(transit)
	p.stopping.Store(true)
	err := <-p.ended
	p.closeSockets()
	return p.arrivals, int64(p.number), err
}

func (p *prober) closeSockets() {
	for _, socket := range []int{p.in, p.out} {
		if socket >= 0 {
			unix.Close(socket)
		}
	}
}
