package trade

import (
	"encoding/binary"
	"errors"
	"math"
)

// tailVersion begins a tail, so that another layout can be told.
const tailVersion = 1

// errTail says that a tail is cut off or of another version.
var errTail = errors.New("the matches of a family cannot be read")

// SplitTail parts the family into what is told in JSON and its packed matches
// in a binary form, nil where there are none.
func (f Family) SplitTail() (head any, tail []byte) {
	if f.Packed == nil || len(f.Packed.Products) > 0 {
		return f, nil
	}
	tail = f.Packed.appendBinary(make([]byte, 0, 1024+len(f.Packed.Names)))
	f.Packed = nil
	return f, tail
}

// JoinTail puts back what SplitTail took.
func (f *Family) JoinTail(tail []byte) error {
	p, err := readPacked(tail)
	f.Packed = p
	return err
}

// appendBinary writes each distinct evidence and market once and names them by
// number; the products' names come last, as they are.
func (p *Packed) appendBinary(b []byte) []byte {
	b = append(b, tailVersion)
	numbers := map[Evidence]int{}
	var evidence []Evidence
	for _, v := range p.Verdicts {
		for _, e := range v.Evidence {
			if _, known := numbers[e]; !known {
				numbers[e] = len(evidence)
				evidence = append(evidence, e)
			}
		}
	}
	b = appendNumber(b, len(evidence))
	for _, e := range evidence {
		b = appendTexts(b, e.Kind, e.Notice, e.Product, e.Where)
	}
	b = appendNumber(b, len(p.Verdicts))
	notice := ""
	for i, v := range p.Verdicts {
		b = appendTexts(b, string(v.Grade))
		b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v.Score))
		flags := 0
		if v.Inferred {
			flags |= 1
		}
		if v.Notice != notice {
			flags |= 2
		}
		if b = append(b, byte(flags)); v.Notice != notice {
			b = appendTexts(b, v.Notice)
		}
		notice = v.Notice
		b = appendNumber(appendNumber(b, p.Counts[i]), len(v.Evidence))
		for _, e := range v.Evidence {
			b = appendNumber(b, numbers[e])
		}
	}
	return append(p.appendMarkets(b), p.Names...)
}

func (p *Packed) appendMarkets(b []byte) []byte {
	numbers := map[string]int{}
	var names []string
	for _, l := range p.Markets {
		for _, m := range l {
			if _, known := numbers[m]; !known {
				numbers[m] = len(names)
				names = append(names, m)
			}
		}
	}
	b = appendTexts(appendNumber(b, len(names)), names...)
	b = appendNumber(b, len(p.Markets))
	for _, l := range p.Markets {
		b = appendNumber(b, len(l))
		for _, m := range l {
			b = appendNumber(b, numbers[m])
		}
	}
	return b
}

func appendNumber(b []byte, n int) []byte { return binary.AppendUvarint(b, uint64(n)) }

func appendTexts(b []byte, texts ...string) []byte {
	for _, s := range texts {
		b = append(appendNumber(b, len(s)), s...)
	}
	return b
}

func readPacked(b []byte) (*Packed, error) {
	r := tailReader{b: b}
	if string(r.take(1)) != string(rune(tailVersion)) {
		return nil, errTail
	}
	evidence := make([]Evidence, r.count(4))
	for i := range evidence {
		evidence[i] = Evidence{Kind: r.text(), Notice: r.text(), Product: r.text(), Where: r.text()}
	}
	p := &Packed{}
	notice := ""
	for range r.count(12) {
		v := Verdict{Grade: Grade(r.text())}
		if score := r.take(8); r.ok() {
			v.Score = math.Float64frombits(binary.LittleEndian.Uint64(score))
		}
		flags := r.number()
		if v.Inferred = flags&1 != 0; flags&2 != 0 {
			notice = r.text()
		}
		v.Notice = notice
		p.Counts = append(p.Counts, int(min(r.number(), math.MaxInt32)))
		for range r.count(1) {
			v.Evidence = append(v.Evidence, pick(&r, evidence))
		}
		p.Verdicts = append(p.Verdicts, v)
	}
	names := make([]string, r.count(1))
	for i := range names {
		names[i] = r.text()
	}
	p.Markets = make([][]string, r.count(1))
	for i := range p.Markets {
		for range r.count(1) {
			p.Markets[i] = append(p.Markets[i], pick(&r, names))
		}
	}
	if !r.ok() {
		return nil, errTail
	}
	p.Names = r.b
	return p, nil
}

// tailReader reads numbers and texts; once something is cut off all is empty.
type tailReader struct {
	b      []byte
	broken bool
}

func (r *tailReader) ok() bool { return !r.broken }

func (r *tailReader) take(n uint64) []byte {
	if r.broken || n > uint64(len(r.b)) {
		r.b, r.broken = nil, true
		return nil
	}
	out := r.b[:n]
	r.b = r.b[n:]
	return out
}

func (r *tailReader) number() uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.b, r.broken = nil, true
		return 0
	}
	r.b = r.b[n:]
	return v
}

func (r *tailReader) text() string { return string(r.take(r.number())) }

// count is how many things follow, of so many bytes each at least.
func (r *tailReader) count(bytesEach int) int {
	n := r.number()
	if n > uint64(len(r.b)/bytesEach) {
		r.b, r.broken = nil, true
		return 0
	}
	return int(n)
}

// pick is the element of list with the number that comes next.
func pick[T any](r *tailReader, list []T) (v T) {
	n := r.number()
	if n >= uint64(len(list)) {
		r.b, r.broken = nil, true
		return v
	}
	return list[n]
}
