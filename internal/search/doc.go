// Package search finds notices, cases and warnings by their words, symbols and
// codes. It is the only package that knows bleve. Its index is a folder that
// can be thrown away at any moment: it is built again from the bus, remembers
// how far it has read, and says how far that is.
//
// A text is cut into words, and Chinese into single characters and pairs, all
// folded as nomenclature folds names: case, width, diacritics, traditional
// characters. A query is cut in the same way and put together from terms: what
// people type is never read as a query language.
package search
