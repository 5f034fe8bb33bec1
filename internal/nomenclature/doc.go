// Package nomenclature knows the names of things: markets and blocs, HS and
// ICS codes, sectors, standards, substances, and a vocabulary of concepts in
// Chinese, English, Spanish, French and Portuguese. It recognises them in text.
//
// Everything it knows lies in tables under data/, one concern for each file,
// columns separated by "|", alternatives by ";". The tables are compiled in
// and linted by the package's tests. Those of data/concepts and data/headings
// are cut by HS chapters; the columns of the first are those of Concept. Of a
// concept's codes the first is the most typical; a further one that is marked
// "=" is as typical as those before it. A name that ends with "!" counts in
// this very spelling only, because its singular is another word ("tights!").
//
// All functions are pure and safe for concurrent use; a Finder may be shared as
// long as nobody changes it.
package nomenclature
