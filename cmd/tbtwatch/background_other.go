//go:build !linux

package main

// lowerPriority does nothing: only Linux has priorities of threads.
func lowerPriority() {}
