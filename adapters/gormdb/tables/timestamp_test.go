package tables_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/eosc-perf/backend/adapters/gormdb/tables"
)

// However a text is read, it is the same time, or none.
func TestTimestampsAreReadAlike(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		first, last := time.Date(0, 12, 1, 0, 0, 0, 0, time.UTC).UnixMicro(), time.Date(10_000, 2, 1, 0, 0, 0, 0, time.UTC).UnixMicro()
		text := []byte(time.UnixMicro(rapid.Int64Range(first, last).Draw(t, "time")).UTC().Format("2006-01-02 15:04:05.000000"))
		for range rapid.IntRange(0, 2).Draw(t, "changes") {
			text[rapid.IntRange(0, len(text)-1).Draw(t, "at")] = rapid.SampledFrom([]byte("0123456789-: .x/")).Draw(t, "byte")
		}
		text = text[:rapid.SampledFrom([]int{19, 20, 22, len(text), len(text)}).Draw(t, "length")]
		var want tables.Timestamp
		wantErr := want.Scan(string(text))
		if got, err := tables.ParseTimestamp(text); (err == nil) != (wantErr == nil) || err == nil && !got.Equal(want.Time) {
			t.Fatalf("%q: %v, %v, want %v, %v", text, got, err, want, wantErr)
		}
	})
}
