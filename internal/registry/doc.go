// Package registry takes in what a centre knows of its exporters (firms, their
// products, the subscribers who want to hear) and answers questions about it.
//
// The way of an uploaded file:
//
//	bytes ─ Open ─▶ Sheet (rows with line numbers) ─ ParseProducts / ParseSubscribers ─▶ Items ─ Import ─▶ bus
//
// A Sheet is a CSV file (UTF-8, GB18030 or UTF-16; comma, semicolon or tab) or
// an .xlsx workbook. Parsing is pure: every row ends as a good Item or as one
// RowError that names line, column, value, what is wrong and what would be
// right, in English and Chinese. Import writes good rows in batches and is
// idempotent: the same file again changes nothing.
//
// Directory is the reading side: exporters and subscribers in memory, kept
// current from the bus.
package registry
