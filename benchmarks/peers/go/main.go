// Peers of the benchmarks that are written in Go: one TCP connection for each stream, hashicorp/yamux
// and xtaci/smux. All have the command line that every peer has.
package main

import (
	"bufio"
	"errors"
	"fmt"
	"net"
	"os"
	"runtime/debug"
	"sort"
	"strconv"
	"strings"
	"time"
)

const usage = `usage: go-peer KIND server --port P [--host ADDRESS] [--limit-s S]
       go-peer KIND client --port P [--host ADDRESS] [--limit-s S] SCENARIO OPTIONS

KIND is one of %s. A server prints "ready PORT" when it listens; 0 is a free port.
Scenarios: up, down, pingpong, rr, loaded, open, idle, with
--streams N, --bytes N, --count N, --size N, --concurrency N, --warmup N.
`

// Exit codes of the program.
const (
	failed         = 1
	wrongArguments = 2
)

// How long a server that was forgotten goes on, and a client at most, unless told otherwise.
const (
	serverLimitSeconds = 3600
	clientLimitSeconds = 120
)

func main() {
	err := run(os.Args[1:])
	if err == nil {
		return
	}
	fmt.Fprintf(os.Stderr, "go-peer: %v\n", err)
	var fault usageError
	if errors.As(err, &fault) {
		fmt.Fprintf(os.Stderr, usage, strings.Join(kindNames(), ", "))
		os.Exit(wrongArguments)
	}
	os.Exit(failed)
}

// usageError is a fault in the command line.
type usageError string

func (e usageError) Error() string { return string(e) }

func run(arguments []string) error {
	if len(arguments) < 2 {
		return usageError("KIND, server or client is missing")
	}
	kind, known := kinds[arguments[0]]
	if !known {
		return usageError(fmt.Sprintf("KIND is %q", arguments[0]))
	}
	options, err := parseOptions(arguments[2:])
	if err != nil {
		return err
	}
	port, err := options.number("port", -1)
	if err != nil {
		return err
	}
	if port < 0 || port > 65535 {
		return usageError("--port must be from 0 to 65535")
	}
	address := net.JoinHostPort(options.text("host", "127.0.0.1"), strconv.FormatInt(port, 10))
	switch arguments[1] {
	case "server":
		return runServer(kind, address, options)
	case "client":
		return runClient(arguments[0], kind, address, options)
	}
	return usageError(fmt.Sprintf("%q is neither server nor client", arguments[1]))
}

func runServer(kind kind, address string, options *options) error {
	seconds, err := options.number("limit-s", serverLimitSeconds)
	if err != nil {
		return err
	}
	if err := options.requireAllUsed(); err != nil {
		return err
	}
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	fmt.Printf("ready %d\n", listener.Addr().(*net.TCPAddr).Port)
	go answerRequestsToCollect()
	ended := make(chan error, 1)
	go func() { ended <- acceptConnections(listener, kind.serve) }()
	select {
	case err := <-ended:
		return err
	case <-time.After(time.Duration(seconds) * time.Second):
		return nil
	}
}

// answerRequestsToCollect gives memory that is not used back to the system for each line "collect",
// so that the resident memory tells what streams take.
func answerRequestsToCollect() {
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		if lines.Text() == "collect" {
			debug.FreeOSMemory()
			fmt.Println("collected")
		}
	}
}

func acceptConnections(listener net.Listener, serve func(net.Conn)) error {
	for {
		connection, err := listener.Accept()
		if err != nil {
			return err
		}
		go serve(connection)
	}
}

func runClient(name string, kind kind, address string, options *options) error {
	seconds, err := options.number("limit-s", clientLimitSeconds)
	if err != nil {
		return err
	}
	scenario, known := scenarios[options.scenario]
	if !known {
		return usageError(fmt.Sprintf("scenario is %q", options.scenario))
	}
	time.AfterFunc(time.Duration(seconds)*time.Second, func() {
		fmt.Fprintf(os.Stderr, "go-peer %s: %s took over %d s\n", name, options.scenario, seconds)
		os.Exit(failed)
	})
	result := &result{}
	result.add("peer", kind.describe())
	result.add("scenario", options.scenario)
	work, err := scenario(options)
	if err != nil {
		return err
	}
	if err := options.requireAllUsed(); err != nil {
		return err
	}
	connection, err := kind.connect(address)
	if err != nil {
		return err
	}
	defer connection.Close()
	if err := work(connection, result); err != nil {
		return err
	}
	line, err := result.line()
	if err != nil {
		return err
	}
	fmt.Println(line)
	if options.scenario == "idle" {
		bufio.NewScanner(os.Stdin).Scan()
	}
	return nil
}

// options are the words of a command line after server or client.
type options struct {
	scenario string
	values   map[string]string
}

func parseOptions(words []string) (*options, error) {
	parsed := &options{values: map[string]string{}}
	for len(words) > 0 {
		word := words[0]
		switch {
		case strings.HasPrefix(word, "--") && len(words) > 1:
			parsed.values[word[2:]] = words[1]
			words = words[2:]
		case strings.HasPrefix(word, "-"):
			return nil, usageError(word + " has no value")
		case parsed.scenario != "":
			return nil, usageError(fmt.Sprintf("%q is a scenario too many", word))
		default:
			parsed.scenario = word
			words = words[1:]
		}
	}
	return parsed, nil
}

// text takes an option out.
func (o *options) text(name, usual string) string {
	value, given := o.values[name]
	if !given {
		return usual
	}
	delete(o.values, name)
	return value
}

func (o *options) number(name string, usual int64) (int64, error) {
	text := o.text(name, strconv.FormatInt(usual, 10))
	value, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, usageError(fmt.Sprintf("--%s is %q, must be a number", name, text))
	}
	return value, nil
}

func (o *options) atLeast(name string, usual, least int64) (int64, error) {
	value, err := o.number(name, usual)
	if err == nil && value < least {
		err = usageError(fmt.Sprintf("--%s is %d, must be %d or more", name, value, least))
	}
	return value, err
}

func (o *options) requireAllUsed() error {
	for name := range o.values {
		return usageError("--" + name + " is unknown here")
	}
	return nil
}

func kindNames() []string {
	names := make([]string, 0, len(kinds))
	for name := range kinds {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}
