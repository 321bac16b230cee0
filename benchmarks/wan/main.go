// The program picomux-wan makes a long link for measurements: two network namespaces, joined at the
// level of IP packets with a rate, a delay, a drop-tail buffer and loss.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"
)

const usage = `usage: picomux-wan link LINK [options]     makes a link until its input ends or a signal comes
       picomux-wan check [options]         checks that links are what they promise
       picomux-wan clean                   removes what killed runs have left

LINK is RATE/RTT or RATE/RTT/Qms, such as 100mbit/100ms/Q300: the rate of whole IP packets, one for both
directions or UP:DOWN; the round trip of an empty link; what time the drop-tail buffer takes to empty, by
default one round trip.`

// Exit codes.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
	exitSystem = 3 // the machine cannot make a link
)

func init() {
	// The first thread must never enter a namespace: for ip(8) the whole process would be in there.
	runtime.LockOSThread()
}

func main() {
	if len(os.Args) < 2 {
		fmt.Fprintln(os.Stderr, usage)
		os.Exit(exitUsage)
	}
	command, arguments := os.Args[1], os.Args[2:]
	switch command {
	case "link":
		os.Exit(runLink(arguments))
	case "check":
		os.Exit(runCheck(arguments))
	case "clean":
		os.Exit(prepare(removeLeftovers))
	case "help", "-h", "--help":
		fmt.Println(usage)
	default:
		fmt.Fprintf(os.Stderr, "picomux-wan: command is '%s'\n%s\n", command, usage)
		os.Exit(exitUsage)
	}
}

// prepare does something that needs a machine that can make links.
func prepare(do func() error) int {
	if err := requireSystem(); err != nil {
		fmt.Fprintf(os.Stderr, "picomux-wan: %v\n", err)
		return exitSystem
	}
	prepareRuntime()
	if err := do(); err != nil {
		fmt.Fprintf(os.Stderr, "picomux-wan: %v\n", err)
		return exitFailed
	}
	return exitOK
}

func wrongArguments(err error) int {
	fmt.Fprintf(os.Stderr, "picomux-wan: %v\n", err)
	return exitUsage
}

func newFlags(name string) *flag.FlagSet {
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	flags.Usage = func() {
		fmt.Fprintf(flags.Output(), "%s\n\noptions of %s:\n", usage, name)
		flags.PrintDefaults()
	}
	return flags
}

func runLink(arguments []string) int {
	flags := newFlags("link")
	loss := flags.String("loss", "0", "share of packets that vanish, in each direction, such as 0.1%")
	seed := flags.Int64("seed", 1, "decides which packets vanish")
	congestion := flags.String("congestion", "", "congestion control of TCP at both ends; default that of the machine")
	stock := flags.Bool("stock-buffers", false,
		"limit wmem_max and rmem_max of the whole machine to "+stockBufferBytes+" meanwhile")
	sample := flags.Duration("sample", 0, "print the counters so often, as lines of JSON")
	var text string
	if len(arguments) > 0 && !strings.HasPrefix(arguments[0], "-") {
		text, arguments = arguments[0], arguments[1:]
	}
	if err := flags.Parse(arguments); err != nil {
		return exitUsage
	}
	spec, err := parseLink(text)
	if err != nil {
		return wrongArguments(err)
	}
	if spec.loss, err = parseLoss(*loss); err != nil {
		return wrongArguments(err)
	}
	spec.seed = *seed
	return prepare(func() error {
		if err := removeLeftovers(); err != nil {
			return err
		}
		return serveLink(spec, *congestion, *stock, *sample)
	})
}

// serveLink makes a link and holds it until the input ends or a signal comes.
func serveLink(spec linkSpec, congestion string, stock bool, sample time.Duration) error {
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	inputEnded := make(chan struct{})
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		close(inputEnded)
	}()
	defer func() {
		if err := restoreSettings(settingsFile(os.Getpid())); err != nil {
			fmt.Fprintf(os.Stderr, "picomux-wan: cannot restore the limits of socket buffers: %v\n", err)
		}
	}()
	if stock {
		if err := setStockBuffers(); err != nil {
			return err
		}
	}
	l, err := openLink(spec, congestion)
	if err != nil {
		return err
	}
	defer l.close()
	out := json.NewEncoder(os.Stdout)
	if err := out.Encode(describe(l)); err != nil {
		return err
	}
	var ticks <-chan time.Time
	if sample > 0 {
		ticker := time.NewTicker(sample)
		defer ticker.Stop()
		ticks = ticker.C
	}
	for {
		select {
		case <-ticks:
			if err := out.Encode(takeSample(l)); err != nil {
				return err
			}
		case <-inputEnded:
			return nil
		case s := <-signals:
			return fmt.Errorf("ended by signal: %v", s)
		case <-l.ended:
			return l.err
		}
	}
}
