package main

import (
	"fmt"

	"golang.org/x/sys/unix"
)

const (
	tunPath = "/dev/net/tun"
	tunName = "wan0"
)

// openTun makes a TUN device in the namespace of the calling thread: it gives and takes one IP
// packet at a time, without a header and without offloads. It vanishes when it is closed.
func openTun(name string) (int, error) {
	device, err := unix.Open(tunPath, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return -1, fmt.Errorf("cannot open %s: %v", tunPath, err)
	}
	request, err := unix.NewIfreq(name)
	if err == nil {
		request.SetUint16(unix.IFF_TUN | unix.IFF_NO_PI)
		err = unix.IoctlIfreq(device, unix.TUNSETIFF, request)
	}
	if err != nil {
		unix.Close(device)
		return -1, fmt.Errorf("cannot make the TUN device %s: %v", name, err)
	}
	return device, nil
}
