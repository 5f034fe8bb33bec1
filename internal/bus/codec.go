package bus

import (
	"encoding/json"
	"fmt"

	"github.com/klauspost/compress/zstd"
)

var (
	compressor, _   = zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	decompressor, _ = zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20))
)

// encode makes JSON, compressed where it is long: a family with thousands of
// matches repeats itself and has to fit into one message.
func encode(v any) (data []byte, encoding string, err error) {
	data, err = json.Marshal(v)
	if err != nil {
		return nil, "", err
	}
	if len(data) >= compressFrom {
		data, encoding = compressor.EncodeAll(data, nil), "zstd"
	}
	if len(data) > maxMessage-4096 {
		return nil, "", fmt.Errorf("a record of %d bytes does not fit into a message of %d", len(data), maxMessage)
	}
	return data, encoding, nil
}

func decode(data []byte, encoding string, into any) error {
	switch encoding {
	case "":
	case "zstd":
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
