// Package demo is the outside world in miniature: a sample registry of made-up
// exporters, simulated authorities that speak their real wire formats, a mail
// server and a webhook receiver that remember what they were given, and a
// generator that blows a notification sheet up. The demo, the tests and the
// benches run against it; nothing of it is on the path of real notices.
//
// The world is a function of the moment it was opened at: the same moment gives
// the same papers, byte for byte, and all their dates are counted from it. What
// it publishes comes in two portions. The first is there at once; the second
// (addenda, a correction, a revision, a withdrawal, an urgent notice) appears
// with [World.Advance]. Titles and texts are our own; symbols, members and codes
// follow real ones.
package demo
