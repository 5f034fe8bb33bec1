package main

import "syscall"

// lowerPriority lets the calling thread stand back behind the others. Linux
// keeps a priority for each thread; that it is refused changes only the speed.
func lowerPriority() {
	const low = 10 // of 19: other programs of the machine do not stop it altogether
	_ = syscall.Setpriority(syscall.PRIO_PROCESS, syscall.Gettid(), low)
}
