package main

import "syscall"

// lowerPriority lets the calling thread stand back behind all others. Linux
// keeps a priority for each thread; that it is refused changes only the speed.
func lowerPriority() {
	const lowest = 19
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, syscall.Gettid(), lowest)
}
