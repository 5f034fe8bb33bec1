package ingest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	"tbtwatch/internal/trade"
)

// A joint paper comes as one row for each member, in any order and perhaps in
// several batches. It is stored as one notice that depends on nothing but the
// set of its rows: the least row gives the texts, lists are the rows' union,
// and each further row is kept in Joint so that all rows can be had back.
//
// JointRow.Fields holds the source's fields that differ and, under two keys
// that no source uses, what was read from them: keyRow the values (by the
// notice's JSON names) in which the row differs from the stored notice, and on
// the first JointRow keyFirst the same for the least row itself.
const (
	keyRow   = "=row"
	keyFirst = "=first"
	keyGone  = "=gone" // names of fields, one a line, that the row lacks
)

// rowName tells the rows of a joint paper apart. Of a paper with one symbol
// there is one row, whatever its member is called.
func rowName(n *trade.Notice) string {
	if len(n.Symbols) < 2 {
		return ""
	}
	return strings.Join(trade.SortedUnique(n.Members), ",") + "\x00" + n.ID
}

// rowOf is what one row says: the notice without what belongs to the capture
// or to other rows.
func rowOf(n trade.Notice) trade.Notice {
	n.Joint = nil
	return n
}

// values are the row's parsed values by JSON name, without the fields.
func values(n *trade.Notice) (map[string]json.RawMessage, error) {
	c := *n
	c.Fields, c.Joint, c.Raw, c.Backfill = nil, nil, "", false
	b, err := json.Marshal(c)
	if err != nil {
		return nil, fmt.Errorf("ingest: notice %s: %w", n.ID, err)
	}
	out := map[string]json.RawMessage{}
	if err := json.Unmarshal(b, &out); err != nil {
		return nil, fmt.Errorf("ingest: notice %s: %w", n.ID, err)
	}
	delete(out, "seen_at")
	delete(out, "source")
	return out, nil
}

// join makes the stored form of a paper from its rows (at least one). Rows
// with the same content count once; their order does not matter.
func join(rows []trade.Notice) (trade.Notice, error) {
	if len(rows) == 1 {
		return rowOf(rows[0]), nil
	}
	type ranked struct{ name, hash string }
	rank := make(map[int]ranked, len(rows))
	order := make([]int, len(rows))
	for i := range rows {
		order[i] = i
		rank[i] = ranked{rowName(&rows[i]), rows[i].Hash()}
	}
	slices.SortFunc(order, func(a, b int) int {
		if c := strings.Compare(rank[a].name, rank[b].name); c != 0 {
			return c
		}
		return strings.Compare(rank[a].hash, rank[b].hash)
	})
	order = slices.CompactFunc(order, func(a, b int) bool { return rank[a] == rank[b] })
	first := rowOf(rows[order[0]])
	if len(order) == 1 {
		return first, nil
	}
	all := make([]trade.Notice, len(order))
	for i, j := range order {
		all[i] = rows[j]
	}
	out := union(all)
	return out, addJoint(&out, all)
}

// union is the least row with the lists of all rows, its own elements first.
func union(rows []trade.Notice) trade.Notice {
	out := rowOf(rows[0])
	list := func(of func(*trade.Notice) *[]string) {
		var more []string
		for i := range rows[1:] {
			more = append(more, *of(&rows[i+1])...)
		}
		own := *of(&out)
		merged := slices.Clone(own)
		for _, s := range trade.SortedUnique(more) {
			if !slices.Contains(own, s) {
				merged = append(merged, s)
			}
		}
		*of(&out) = merged
	}
	list(func(n *trade.Notice) *[]string { return &n.Members })
	list(func(n *trade.Notice) *[]string { return &n.Markets })
	list(func(n *trade.Notice) *[]string { return &n.HS })
	list(func(n *trade.Notice) *[]string { return &n.ICS })
	list(func(n *trade.Notice) *[]string { return &n.Keywords })
	list(func(n *trade.Notice) *[]string { return &n.Objectives })
	if slices.ContainsFunc(rows, func(n trade.Notice) bool { return len(n.Affected) == 0 }) {
		out.Affected = nil // one row affects all origins, so the paper does
	} else {
		list(func(n *trade.Notice) *[]string { return &n.Affected })
	}
	for _, n := range rows[1:] { // excepted is what all rows except
		out.Excepted = slices.DeleteFunc(slices.Clone(out.Excepted), func(c string) bool { return !slices.Contains(n.Excepted, c) })
	}
	out.Dates = others(out.Dates, rows[1:], func(n *trade.Notice) []trade.Date { return n.Dates },
		func(a, b trade.Date) int {
			return strings.Compare(a.What+"\x00"+a.From+"\x00"+a.To+"\x00"+a.Text+"\x00"+a.Basis, b.What+"\x00"+b.From+"\x00"+b.To+"\x00"+b.Text+"\x00"+b.Basis)
		})
	out.Links = others(out.Links, rows[1:], func(n *trade.Notice) []trade.Link { return n.Links },
		func(a, b trade.Link) int { return strings.Compare(a.Rel+"\x00"+a.URL, b.Rel+"\x00"+b.URL) })
	return out
}

// others appends to own, in order, what only other rows have.
func others[T comparable](own []T, rows []trade.Notice, of func(*trade.Notice) []T, order func(a, b T) int) []T {
	var more []T
	for i := range rows {
		more = append(more, of(&rows[i])...)
	}
	slices.SortFunc(more, order)
	out := slices.Clone(own)
	for _, m := range slices.Compact(more) {
		if !slices.Contains(own, m) {
			out = append(out, m)
		}
	}
	return out
}

// addJoint records the rows in out.Joint so that rowsOf can give them back.
func addJoint(out *trade.Notice, rows []trade.Notice) error {
	stored, err := values(out)
	if err != nil {
		return err
	}
	for i := range rows {
		own, err := values(&rows[i])
		if err != nil {
			return err
		}
		diff, err := difference(stored, own)
		if err != nil {
			return err
		}
		if i == 0 {
			out.Joint = append(out.Joint, trade.JointRow{Fields: map[string]string{keyFirst: diff}})
			continue
		}
		fields := map[string]string{keyRow: diff}
		var gone []string
		for k := range out.Fields {
			if _, ok := rows[i].Fields[k]; !ok {
				gone = append(gone, k)
			}
		}
		for k, v := range rows[i].Fields {
			if was, ok := out.Fields[k]; !ok || was != v {
				fields[k] = v
			}
		}
		if len(gone) > 0 {
			slices.Sort(gone)
			fields[keyGone] = strings.Join(gone, "\n")
		}
		out.Joint = append(out.Joint, trade.JointRow{Member: strings.Join(rows[i].Members, ","), Fields: fields})
	}
	// What restores the least row travels with the first further one.
	out.Joint[1].Fields[keyFirst] = out.Joint[0].Fields[keyFirst]
	out.Joint = out.Joint[1:]
	return nil
}

// difference is a JSON object of what own has otherwise than stored; null
// stands for what it does not have.
func difference(stored, own map[string]json.RawMessage) (string, error) {
	diff := map[string]json.RawMessage{}
	for k, v := range own {
		if !bytes.Equal(stored[k], v) {
			diff[k] = v
		}
	}
	for k := range stored {
		if _, ok := own[k]; !ok {
			diff[k] = json.RawMessage("null")
		}
	}
	b, err := json.Marshal(diff)
	if err != nil {
		return "", fmt.Errorf("ingest: joint row: %w", err)
	}
	return string(b), nil
}

// rowsOf gives back the rows that a stored paper was joined from.
func rowsOf(n trade.Notice) ([]trade.Notice, error) {
	if len(n.Joint) == 0 {
		return []trade.Notice{n}, nil
	}
	stored, err := values(&n)
	if err != nil {
		return nil, err
	}
	first, err := restore(n, stored, n.Joint[0].Fields[keyFirst])
	if err != nil {
		return nil, err
	}
	first.Fields = n.Fields
	rows := []trade.Notice{first}
	for _, j := range n.Joint {
		row, err := restore(n, stored, j.Fields[keyRow])
		if err != nil {
			return nil, err
		}
		row.Fields = maps.Clone(n.Fields)
		if gone := j.Fields[keyGone]; gone != "" {
			for k := range strings.SplitSeq(gone, "\n") {
				delete(row.Fields, k)
			}
		}
		for k, v := range j.Fields {
			if k == keyRow || k == keyFirst || k == keyGone {
				continue
			}
			if row.Fields == nil {
				row.Fields = map[string]string{}
			}
			row.Fields[k] = v
		}
		rows = append(rows, row)
	}
	return rows, nil
}

func restore(n trade.Notice, stored map[string]json.RawMessage, diff string) (trade.Notice, error) {
	own := maps.Clone(stored)
	if diff != "" {
		if err := json.Unmarshal([]byte(diff), &own); err != nil {
			return trade.Notice{}, fmt.Errorf("ingest: joint paper %s: %w", n.ID, err)
		}
	}
	maps.DeleteFunc(own, func(_ string, v json.RawMessage) bool { return string(v) == "null" })
	b, err := json.Marshal(own)
	if err != nil {
		return trade.Notice{}, fmt.Errorf("ingest: joint paper %s: %w", n.ID, err)
	}
	row := trade.Notice{}
	if err := json.Unmarshal(b, &row); err != nil {
		return trade.Notice{}, fmt.Errorf("ingest: joint paper %s: %w", n.ID, err)
	}
	row.Source, row.Raw, row.SeenAt, row.Backfill = n.Source, n.Raw, n.SeenAt, n.Backfill
	return row, nil
}
