package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

const (
	namespaceFolder = "/run/netns"
	namespacePrefix = "picomux-wan-" // goes on with the number of the process that made it
)

// The two ends of the link. Nobody else sees the addresses: they exist in the namespaces only.
const (
	clientAddress = "10.97.0.1"
	serverAddress = "10.97.0.2"
)

// A namespace is one end of the link: a network of its own with a TUN device.
type namespace struct {
	name    string
	address string
	peer    string
}

func newNamespaces() (client, server namespace) {
	prefix := namespacePrefix + strconv.Itoa(os.Getpid())
	return namespace{prefix + "-client", clientAddress, serverAddress},
		namespace{prefix + "-server", serverAddress, clientAddress}
}

func (n namespace) path() string { return filepath.Join(namespaceFolder, n.name) }

// ip runs ip(8) and returns what it prints.
func ip(arguments ...string) (string, error) {
	command := exec.Command(ipProgram(), arguments...)
	var errors bytes.Buffer
	command.Stderr = &errors
	output, err := command.Output()
	if err != nil {
		return "", fmt.Errorf("ip %s: %v: %s", strings.Join(arguments, " "), err, strings.TrimSpace(errors.String()))
	}
	return string(output), nil
}

// ipProgram finds ip(8), which is often not on the path.
func ipProgram() string {
	for _, path := range []string{"/usr/sbin/ip", "/sbin/ip"} {
		if _, err := os.Stat(path); err == nil {
			return path
		}
	}
	return "ip"
}

// requireSystem tells what is missing for a link on this machine.
func requireSystem() error {
	if runtime.GOOS != "linux" {
		return fmt.Errorf("the link needs Linux, this is %s", runtime.GOOS)
	}
	if os.Geteuid() != 0 {
		return fmt.Errorf("network namespaces need root: run this with sudo")
	}
	if _, err := os.Stat(tunPath); err != nil {
		return fmt.Errorf("there is no %s: load the kernel module tun (modprobe tun), or give the container that device", tunPath)
	}
	if _, err := exec.LookPath(ipProgram()); err != nil {
		return fmt.Errorf("found no ip(8): install iproute2 (Debian, Ubuntu: apt-get install iproute2)")
	}
	return nil
}

// make makes the namespace with its TUN device and returns the device.
func (n namespace) make(queuePackets int, settings map[string]string) (int, error) {
	if _, err := ip("netns", "add", n.name); err != nil {
		return -1, err
	}
	var device int
	err := n.inside(func() (err error) {
		for key, value := range settings {
			path := "/proc/sys/" + strings.ReplaceAll(key, ".", "/")
			// Only the namespace of the calling thread is seen through thread-self.
			if err := os.WriteFile(path, []byte(value), 0); err != nil {
				return fmt.Errorf("cannot set %s to %s: %v", key, value, err)
			}
		}
		device, err = openTun(tunName)
		return err
	})
	if err != nil {
		return -1, err
	}
	for _, arguments := range [][]string{
		{"link", "set", "lo", "up"},
		{"link", "set", tunName, "mtu", strconv.Itoa(mtuBytes), "txqueuelen", strconv.Itoa(queuePackets)},
		{"address", "add", n.address, "peer", n.peer, "dev", tunName},
		{"link", "set", tunName, "up"},
	} {
		if _, err := ip(append([]string{"-n", n.name}, arguments...)...); err != nil {
			unix.Close(device)
			return -1, err
		}
	}
	return device, nil
}

// inside runs a function on a thread that is in the namespace. What it opens stays there.
func (n namespace) inside(do func() error) error {
	result := make(chan error)
	go func() {
		// Without UnlockOSThread the thread ends with the goroutine and serves nobody else.
		runtime.LockOSThread()
		result <- func() error {
			file, err := os.Open(n.path())
			if err != nil {
				return err
			}
			defer file.Close()
			if err := unix.Setns(int(file.Fd()), unix.CLONE_NEWNET); err != nil {
				return fmt.Errorf("cannot enter the namespace %s: %v", n.name, err)
			}
			return do()
		}()
	}()
	return <-result
}

// removeNamespace ends all processes in a namespace and removes it.
func removeNamespace(name string) error {
	deadline := time.Now().Add(5 * time.Second)
	for {
		output, err := ip("netns", "pids", name)
		pids := strings.Fields(output)
		if err != nil || len(pids) == 0 {
			break
		}
		if time.Now().After(deadline) {
			return fmt.Errorf("processes %v in %s do not end", pids, name)
		}
		for _, text := range pids {
			if pid, err := strconv.Atoi(text); err == nil && pid != os.Getpid() {
				unix.Kill(pid, unix.SIGKILL)
			}
		}
		time.Sleep(20 * time.Millisecond)
	}
	_, err := ip("netns", "delete", name)
	return err
}

// removeLeftovers removes the namespaces and settings of runs that were killed.
func removeLeftovers() error {
	files, _ := os.ReadDir(namespaceFolder)
	for _, file := range files {
		if !ownerIsGone(file.Name()) {
			continue
		}
		fmt.Fprintf(os.Stderr, "wan: removing %s, which a killed run has left\n", file.Name())
		if err := removeNamespace(file.Name()); err != nil {
			return err
		}
	}
	return restoreLeftSettings()
}

// ownerIsGone reports whether something is called as a run of this program calls it, and that run
// is over.
func ownerIsGone(name string) bool {
	rest := strings.TrimPrefix(name, namespacePrefix)
	if rest == name {
		return false
	}
	pid, err := strconv.Atoi(strings.FieldsFunc(rest, func(r rune) bool { return r == '-' || r == '.' })[0])
	if err != nil {
		return false
	}
	own, _ := os.ReadFile("/proc/self/comm")
	other, err := os.ReadFile(fmt.Sprintf("/proc/%d/comm", pid))
	return err != nil || !bytes.Equal(own, other)
}
