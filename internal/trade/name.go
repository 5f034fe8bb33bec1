package trade

import "encoding/binary"

// A name takes few bytes where it ends in a number, as most do: a byte with
// two lengths, the letters before the number, the number. The lengths are four
// bits each: of the letters, and how many digits the number has.
const (
	longLetters = 14   // in place of a length: it follows, less that many
	knownBefore = 15   // the letters are those of the name before
	mostDigits  = 14   // further ones count as letters
	nameBefore  = 0xff // in place of both lengths: the whole name is the one before
)

// numberBytes is how many bytes a number of so many digits takes.
var numberBytes = [mostDigits + 1]int{0, 1, 1, 2, 2, 3, 3, 3, 4, 4, 5, 5, 5, 6, 6}

// AppendName adds a name as Packer takes it.
func AppendName[T string | []byte](b []byte, name T) []byte {
	letters := len(name)
	for letters > 0 && len(name)-letters < mostDigits && name[letters-1] >= '0' && name[letters-1] <= '9' {
		letters--
	}
	digits := len(name) - letters
	b = append(b, byte(min(letters, longLetters)<<4|digits))
	if letters >= longLetters {
		b = binary.AppendUvarint(b, uint64(letters-longLetters))
	}
	b = append(b, name[:letters]...)
	n := uint64(0)
	for i := letters; i < len(name); i++ {
		n = 10*n + uint64(name[i]-'0')
	}
	for range numberBytes[digits] {
		b = append(b, byte(n))
		n >>= 8
	}
	return b
}

// Name gives the name that AppendName wrote, whatever follows it.
func Name(packed []byte) string {
	var r nameReader
	name, _, _ := r.read(packed)
	return name
}

// NameLen is how many bytes the packed name takes with which b begins.
func NameLen(b []byte) int { return lettersEnd(b) + numberBytes[b[0]&15] }

// lettersEnd is where the letters of a packed name end.
func lettersEnd(packed []byte) int {
	n := int(packed[0] >> 4)
	if n < longLetters {
		return 1 + n
	}
	more, size := binary.Uvarint(packed[1:])
	return 1 + size + longLetters + int(more)
}

// appendAfter writes a packed name shorter where it repeats the one before it.
func appendAfter(b, before, name []byte) []byte {
	end, same := lettersEnd(name), 1
	if len(before) == 0 || before[0]>>4 != name[0]>>4 {
		return append(b, name...)
	}
	for same < len(name) && same < len(before) && name[same] == before[same] {
		same++
	}
	switch {
	case same == len(name) && name[0] == before[0]:
		return append(b, nameBefore)
	case end > 1 && same >= end:
		b = append(b, knownBefore<<4|name[0])
		return append(b, name[end:]...)
	}
	return append(b, name...)
}

// nameReader reads the names of a column one after the other.
type nameReader struct {
	name    string
	letters int // of name
}

// read returns the next name and what follows it; ok is false where it is cut off.
func (r *nameReader) read(b []byte) (name string, left []byte, ok bool) {
	if len(b) == 0 {
		return "", nil, false
	}
	letters, digits := uint64(b[0]>>4), int(b[0]&15)
	if b[0] == nameBefore {
		return r.name, b[1:], true
	}
	b = b[1:]
	var room [64]byte
	text := room[:0]
	switch letters {
	case knownBefore:
		text = append(text, r.name[:r.letters]...)
	case longLetters:
		more, size := binary.Uvarint(b)
		if size <= 0 {
			return "", nil, false
		}
		letters, b = letters+more, b[size:]
		fallthrough
	default:
		if letters > uint64(len(b)) {
			return "", nil, false
		}
		text, b = append(text, b[:letters]...), b[letters:]
	}
	if digits > mostDigits || numberBytes[digits] > len(b) {
		return "", nil, false
	}
	r.letters = len(text)
	n := uint64(0)
	for i := numberBytes[digits] - 1; i >= 0; i-- {
		n = n<<8 | uint64(b[i])
	}
	text = append(text, "00000000000000"[:digits]...)
	for i := len(text) - 1; i >= r.letters; i-- {
		text[i] = byte('0' + n%10)
		n /= 10
	}
	r.name = string(text)
	return r.name, b[numberBytes[digits]:], true
}
