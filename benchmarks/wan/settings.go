package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// stockBufferBytes is the default of Linux for what a program may set a socket's buffer to.
const stockBufferBytes = "212992"

// settingsFolder keeps what machine-wide settings were before, for the run after one that was
// killed.
const settingsFolder = "/run"

// The limits of SO_SNDBUF and SO_RCVBUF. They are those of the whole machine: in a namespace they
// can be read only.
var bufferLimits = []string{"/proc/sys/net/core/wmem_max", "/proc/sys/net/core/rmem_max"}

// linkSettings are those of each namespace: nothing is learnt from earlier connections, so that no
// turn depends on the one before.
func linkSettings(congestion string) map[string]string {
	settings := map[string]string{
		"net.ipv4.tcp_no_metrics_save":       "1",
		"net.ipv6.conf.all.disable_ipv6":     "1",
		"net.ipv6.conf.default.disable_ipv6": "1",
	}
	if congestion != "" {
		settings["net.ipv4.tcp_congestion_control"] = congestion
	}
	return settings
}

const (
	availableControls = "/proc/sys/net/ipv4/tcp_available_congestion_control"
	allowedControls   = "/proc/sys/net/ipv4/tcp_allowed_congestion_control"
)

// allowCongestion lets new namespaces have a congestion control: by themselves they may only choose
// among those that the machine allows everybody. It returns what takes that back; namespaces keep
// what they have chosen.
func allowCongestion(name string) (takeBack func(), err error) {
	if name == "" {
		return func() {}, nil
	}
	available, err := os.ReadFile(availableControls)
	if err != nil {
		return nil, err
	}
	if !hasWord(string(available), name) {
		return nil, fmt.Errorf("congestion control is '%s', this machine has %s", name, strings.TrimSpace(string(available)))
	}
	allowed, err := os.ReadFile(allowedControls)
	if err != nil || hasWord(string(allowed), name) {
		return func() {}, err
	}
	more := strings.TrimSpace(string(allowed)) + " " + name
	if err := os.WriteFile(allowedControls, []byte(more), 0); err != nil {
		return nil, fmt.Errorf("cannot allow the congestion control %s: %v", name, err)
	}
	return func() {
		if err := os.WriteFile(allowedControls, allowed, 0); err != nil {
			fmt.Fprintf(os.Stderr, "wan: cannot restore %s: %v\n", allowedControls, err)
		}
	}, nil
}

func hasWord(text, word string) bool {
	for _, each := range strings.Fields(text) {
		if each == word {
			return true
		}
	}
	return false
}

func settingsFile(pid int) string {
	return filepath.Join(settingsFolder, fmt.Sprintf("%s%d.settings", namespacePrefix, pid))
}

// setStockBuffers lowers the limits to what hosts have that nobody has tuned.
func setStockBuffers() error {
	files, _ := filepath.Glob(filepath.Join(settingsFolder, namespacePrefix+"*.settings"))
	if len(files) > 0 {
		return fmt.Errorf("another run has changed the limits of socket buffers (%s)", files[0])
	}
	var before strings.Builder
	for _, path := range bufferLimits {
		value, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		fmt.Fprintf(&before, "%s %s\n", path, strings.TrimSpace(string(value)))
	}
	if err := os.WriteFile(settingsFile(os.Getpid()), []byte(before.String()), 0o600); err != nil {
		return err
	}
	for _, path := range bufferLimits {
		if err := os.WriteFile(path, []byte(stockBufferBytes), 0); err != nil {
			return fmt.Errorf("cannot set %s, a limit of the whole machine: %v", path, err)
		}
	}
	return nil
}

// restoreSettings puts back what a file says and removes it.
func restoreSettings(file string) error {
	text, err := os.ReadFile(file)
	if os.IsNotExist(err) {
		return nil
	} else if err != nil {
		return err
	}
	for _, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		words := strings.Fields(line)
		if len(words) != 2 {
			return fmt.Errorf("%s has the line '%s'; want a path and a value", file, line)
		}
		if err := os.WriteFile(words[0], []byte(words[1]), 0); err != nil {
			return err
		}
	}
	return os.Remove(file)
}

func restoreLeftSettings() error {
	files, _ := filepath.Glob(filepath.Join(settingsFolder, namespacePrefix+"*.settings"))
	for _, file := range files {
		if ownerIsGone(filepath.Base(file)) {
			fmt.Fprintf(os.Stderr, "wan: restoring the limits of socket buffers, which a killed run has changed\n")
			if err := restoreSettings(file); err != nil {
				return err
			}
		}
	}
	return nil
}
