package main

import (
	"io"
	"net"
	"runtime"
	"runtime/debug"
	"strings"

	"github.com/hashicorp/yamux"
	"github.com/xtaci/smux"
)

// stream is one stream between client and server, whatever carries it.
type stream interface {
	io.ReadWriteCloser
}

// connection is what a client opens its streams on: a session, or merely the address to connect to.
type connection interface {
	Open() (stream, error)
	Close() error
}

// kind is a way to carry streams. TCP_NODELAY is on everywhere, as Go has it by itself.
type kind struct {
	describe func() string
	connect  func(address string) (connection, error)
	// serve serves one TCP connection to its end.
	serve func(tcp net.Conn)
}

var kinds = map[string]kind{
	"raw": {
		describe: func() string { return "go-raw " + runtime.Version() },
		connect:  func(address string) (connection, error) { return rawConnection{address}, nil },
		serve:    func(tcp net.Conn) { serveStream(tcp) },
	},
	"yamux": {
		describe: func() string { return "go-yamux " + moduleVersion("hashicorp/yamux") },
		connect:  overTCP(yamuxClient),
		serve: func(tcp net.Conn) {
			session, err := yamux.Server(tcp, yamuxConfig())
			if err == nil {
				serveSession(func() (stream, error) { return session.AcceptStream() })
			}
		},
	},
	"smux": {
		describe: func() string { return "go-smux " + moduleVersion("xtaci/smux") },
		connect:  overTCP(smuxClient),
		serve: func(tcp net.Conn) {
			session, err := smux.Server(tcp, smuxConfig())
			if err == nil {
				serveSession(func() (stream, error) { return session.AcceptStream() })
			}
		},
	},
}

// yamuxConfig is the default one: windows of 256 KiB.
func yamuxConfig() *yamux.Config {
	config := yamux.DefaultConfig()
	config.LogOutput = io.Discard
	return config
}

// smuxConfig is the default one, with version 2 of the protocol, which has a window for each stream:
// 64 KiB, and 4 MiB for the session.
func smuxConfig() *smux.Config {
	config := smux.DefaultConfig()
	config.Version = 2
	return config
}

type yamuxConnection struct{ *yamux.Session }

func yamuxClient(tcp net.Conn) (connection, error) {
	session, err := yamux.Client(tcp, yamuxConfig())
	return yamuxConnection{session}, err
}

func (c yamuxConnection) Open() (stream, error) { return c.OpenStream() }

type smuxConnection struct{ *smux.Session }

func smuxClient(tcp net.Conn) (connection, error) {
	session, err := smux.Client(tcp, smuxConfig())
	return smuxConnection{session}, err
}

func (c smuxConnection) Open() (stream, error) { return c.OpenStream() }

// overTCP connects and begins a session.
func overTCP(begin func(net.Conn) (connection, error)) func(string) (connection, error) {
	return func(address string) (connection, error) {
		tcp, err := net.Dial("tcp", address)
		if err != nil {
			return nil, err
		}
		return begin(tcp)
	}
}

// rawConnection opens a TCP connection for each stream.
type rawConnection struct{ address string }

func (c rawConnection) Open() (stream, error) { return net.Dial("tcp", c.address) }

func (c rawConnection) Close() error { return nil }

// serveSession serves the streams of a session until it ends.
func serveSession(accept func() (stream, error)) {
	for {
		accepted, err := accept()
		if err != nil {
			return
		}
		go serveStream(accepted)
	}
}

// moduleVersion tells the version of a library that was built in, and of Go.
func moduleVersion(suffix string) string {
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, module := range info.Deps {
			if strings.HasSuffix(module.Path, suffix) {
				return module.Version + " " + runtime.Version()
			}
		}
	}
	return "unknown " + runtime.Version()
}
