package representation_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/adapters/http/representation"
)

// BenchmarkAppendCompact copies documents of 400 KB.
func BenchmarkAppendCompact(b *testing.B) {
	for name, part := range map[string]string{
		"numbers": `1,2345,`, "records": `{"time":12.5,"name":"node 12"},`, "words": `"avx512",`,
		"long texts":     `"` + strings.Repeat("x y", 1000) + `",`,
		"spaced records": `{"time": 12.5, "name": "node 12"}, `,
	} {
		b.Run(name, func(b *testing.B) {
			document := []byte("[" + strings.Repeat(part, 400_000/len(part)) + "0]")
			buffer := make([]byte, 0, len(document))
			b.SetBytes(int64(len(document)))
			for b.Loop() {
				buffer = representation.AppendCompact(buffer[:0], document)
			}
			var want bytes.Buffer
			if err := json.Compact(&want, document); err != nil || !bytes.Equal(want.Bytes(), buffer) {
				b.Errorf("it is not compact, %v", err)
			}
		})
	}
}
