package tables_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
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
		if err := want.Scan(string(text)); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if got := tables.ParseTimestamp(text); !got.Equal(want.Time) {
			t.Fatalf("%q: %v, want %v", text, got, want)
		}
	})
}

// SQLite stores any value as a time or as an id. Each is read, so that one of them breaks no list.
func TestOddValuesAreRead(t *testing.T) {
	for value, want := range map[any]string{
		"2020-01-02 03:04:05":           "2020-01-02 03:04:05.000000",
		"2020-01-02 03:04:05.123456789": "2020-01-02 03:04:05.123456",
		"2020-01-02T03:04:05":           "2020-01-02 03:04:05.000000",
		"2020-01-02T03:04:05.5Z":        "2020-01-02 03:04:05.500000",
		"2020-01-02 03:04:05+02:00":     "2020-01-02 01:04:05.000000",
		"2020-01-02 03:04":              "2020-01-02 03:04:00.000000",
		"2020-01-02":                    "2020-01-02 00:00:00.000000",
		"infinity":                      "9999-12-31 23:59:59.999999",
		"-infinity":                     "0001-01-01 00:00:00.000000",
		"2020-02-30 00:00:00":           "0001-01-01 00:00:00.000000",
		"99999-01-01 00:00:00":          "0001-01-01 00:00:00.000000",
		"yesterday":                     "0001-01-01 00:00:00.000000",
		"":                              "0001-01-01 00:00:00.000000",
	} {
		for _, v := range []any{value, []byte(value.(string))} {
			var stamp tables.Timestamp
			if err := stamp.Scan(v); err != nil {
				t.Errorf("%q: %v", v, err)
			}
			if got, _ := stamp.Value(); got != want {
				t.Errorf("%q is read as %v, want %s", v, got, want)
			}
		}
	}
	const id = "0123abcd-0000-4000-8000-000000000000"
	for value, want := range map[string]string{
		id: id, strings.ToUpper(id): id, "{" + id + "}": id, strings.ReplaceAll(id, "-", ""): id,
		"0123456789abcdef": "30313233-3435-3637-3839-616263646566", "tag": uuid.Nil.String(), "": uuid.Nil.String(),
		id[:35] + "x": uuid.Nil.String(),
	} {
		for _, v := range []any{value, []byte(value)} {
			key := tables.Key(uuid.Max)
			if err := key.Scan(v); err != nil || uuid.UUID(key).String() != want {
				t.Errorf("%q is read as %s (%v), want %s", v, uuid.UUID(key), err, want)
			}
		}
	}
	metrics := tables.Metrics{{}}
	if err := metrics.Scan("[1"); err != nil || metrics != nil {
		t.Errorf("broken metrics are read as %v (%v)", metrics, err)
	}
}
