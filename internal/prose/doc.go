// Package prose makes the texts of authorities, sheets and other programs fit to
// be read and shown, and says which of them are not to be believed. Collecting
// and matching both read by it.
package prose
