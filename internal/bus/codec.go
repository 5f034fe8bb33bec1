package bus

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"strings"

	jsonv1 "github.com/go-json-experiment/json/v1"
	"github.com/klauspost/compress/zstd"
)

var (
	compressor, _   = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20), zstd.WithLowerEncoderMem(true))
	decompressor, _ = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20))
)

// tailed is a record of which a part is bytes already, told beside the JSON
// instead of within it: what thousands of products are called is the larger
// part of a family, short as it is, and neither JSON nor zstd makes it shorter.
type tailed interface {
	SplitTail() (head any, tail []byte)
}

type joined interface{ JoinTail(tail []byte) error }

// encode makes JSON, compressed where it is long: a notice says its fields twice,
// as given and as read. A third of the bytes is also a third of what is synced
// to disk and of what the server buffers. A tail follows the JSON, whose length
// stands before it then; it is compressed where the JSON is the larger part, or
// the whole would hardly fit into one message.
func encode(v any) (data []byte, encoding string, err error) {
	var tail []byte
	if t, ok := v.(tailed); ok {
		v, tail = t.SplitTail()
	}
	if data, err = json.Marshal(v); err != nil {
		return nil, "", err
	}
	long := len(data) >= compressFrom && len(data) > len(tail)
	if tail != nil {
		encoding = encodingTail
		head := data
		data = binary.AppendUvarint(make([]byte, 0, len(head)+len(tail)+binary.MaxVarintLen64), uint64(len(head)))
		data = append(append(data, head...), tail...)
	}
	if long || len(data) >= compressAll {
		data, encoding = compressor.EncodeAll(data, nil), encoding+encodingZstd
	}
	return data, encoding, nil
}

func decode(data []byte, encoding string, into any) error {
	form, hasTail := strings.CutPrefix(encoding, encodingTail)
	switch form {
	case "":
	case encodingZstd:
		plain, err := decompressor.DecodeAll(data, nil)
		if err != nil {
			return fmt.Errorf("decompressing: %w", err)
		}
		data = plain
	default:
		return fmt.Errorf("unknown encoding %q", encoding)
	}
	if !hasTail {
		return jsonv1.Unmarshal(data, into)
	}
	size, n := binary.Uvarint(data)
	record, ok := into.(joined)
	if n <= 0 || size > uint64(len(data)-n) || !ok {
		return fmt.Errorf("a record of %d bytes says that %d of them are JSON", len(data), size)
	}
	if err := jsonv1.Unmarshal(data[n:n+int(size)], into); err != nil {
		return err
	}
	return record.JoinTail(data[n+int(size):])
}
