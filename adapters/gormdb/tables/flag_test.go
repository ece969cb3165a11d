package tables_test

import (
	"testing"

	"github.com/eosc-perf/backend/adapters/gormdb/tables"
)

// TestFlagsAreReadWhateverIsStored: SQLite stores any value in any column.
func TestFlagsAreReadWhateverIsStored(t *testing.T) {
	for _, c := range []struct {
		stored any
		want   tables.Flag
	}{
		{true, true}, {false, false}, {int64(0), false}, {int64(1), true}, {int64(2), true}, {int64(-1), true}, {0.5, true}, {0.0, false},
		{"true", true}, {"false", false}, {[]byte("2"), true}, {"many", false}, {"", false}, {nil, false},
	} {
		flag := !c.want
		if err := flag.Scan(c.stored); err != nil || flag != c.want {
			t.Errorf("%#v is read as %v, %v; want %v", c.stored, flag, err, c.want)
		}
	}
}
