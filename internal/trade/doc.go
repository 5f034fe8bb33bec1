// Package trade holds the words of the domain: notices, symbols, products,
// matches, cases, warnings, deliveries and the outcomes and errors they share.
// It imports the standard library only; every other package points at it.
package trade
