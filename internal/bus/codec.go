package bus

import (
	"encoding/json"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

var (
	compressor, _   = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1), zstd.WithWindowSize(1<<20), zstd.WithLowerEncoderMem(true))
	decompressor, _ = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20))
)

// encode makes JSON, compressed where it is long: a notice says its fields twice,
// as given and as read, and a family with thousands of matches repeats itself
// and has to fit into one message. A third of the bytes is also a third of what
// is synced to disk and of what the server buffers.
func encode(v any) (data []byte, encoding string, err error) {
	data, err = json.Marshal(v)
	if err != nil {
		return nil, "", err
	}
	if len(data) >= compressFrom {
		data, encoding = compressor.EncodeAll(data, nil), encodingZstd
	}
	return data, encoding, nil
}

func decode(data []byte, encoding string, into any) error {
	switch encoding {
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
	return json.Unmarshal(data, into)
}
