// Package matcher says which registered products a notice touches, how surely,
// and why.
//
// Read computes once what matching needs of a notice: its codes, the goods its
// text names and excepts, standards, substances. Each rule is one file
// (rule_*.go): it looks at a reading and a product and brings findings. Judge
// weighs them to a grade, a score and the evidence, Match does so for all
// candidates of an index.Set, Explain puts it in words. All of it is pure: the
// same notice and product give the same verdict, wherever and whenever.
//
// MatchAll, ReadLine and Lines serve the command line, which needs no server.
package matcher

// Version names the state of the rules and is recorded with every match. It
// changes whenever a verdict may change.
const Version = "rules-3"
