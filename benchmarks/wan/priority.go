package main

import (
	"fmt"
	"os"
	"runtime"
	"runtime/debug"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"
)

// memoryLimit is where garbage is collected after all. Chosen by judgement: a link of 1 Gbit/s and
// hours of counters take a tenth of it.
const memoryLimit = 1 << 30

// spareThreads may run Go code at a time: more than ever have anything to do. Chosen by judgement.
const spareThreads = 8

// prepareRuntime lets this process run before all ordinary ones: a link does not wait until its
// users have done their computing. That is for all of its threads, since those of Go wait for each
// other, and one that waits for an ordinary thread is held up like that one.
func prepareRuntime() {
	debug.SetGCPercent(-1)
	debug.SetMemoryLimit(memoryLimit)
	runtime.GOMAXPROCS(spareThreads)
	if err := preferThreads(); err != nil {
		fmt.Fprintf(os.Stderr, "wan: the link runs at ordinary priority and is less exact: %v\n", err)
	}
}

// preferThreads gives the threads there are the lowest real-time priority. Later ones inherit it.
func preferThreads() error {
	tasks, err := os.ReadDir("/proc/self/task")
	if err != nil {
		return err
	}
	const fifo = 1
	priority := struct{ level int32 }{1}
	for _, task := range tasks {
		thread, err := strconv.Atoi(task.Name())
		if err != nil {
			return err
		}
		_, _, errno := unix.Syscall(unix.SYS_SCHED_SETSCHEDULER, uintptr(thread), fifo, uintptr(unsafe.Pointer(&priority)))
		if errno != 0 && errno != unix.ESRCH {
			return fmt.Errorf("sched_setscheduler: %v", errno)
		}
	}
	return nil
}
