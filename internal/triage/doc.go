// Package triage keeps the centre's work: it assembles papers into measure
// families, opens a case for each, grades it, composes what a warning says
// and releases it, by rule or by a person.
package triage
