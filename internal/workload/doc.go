// Package workload makes and reads the products and notices on which matching
// is measured, and holds the limit that it is measured against: posting lists
// of numbers and bitsets of markets, without grades, changes or evidence.
package workload
