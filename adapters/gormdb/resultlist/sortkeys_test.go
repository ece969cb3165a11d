package resultlist

import (
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
)

func TestSortKeysAreBoundedAndForgotten(t *testing.T) {
	const most = 10 * (sortKeyOverhead + 100)
	now := time.Date(2026, 11, 29, 0, 0, 0, 0, time.UTC)
	text := strings.Repeat("k", 100)
	k := newSortKeys()
	at := make([]sortedAt, 20)
	for i := range at {
		at[i] = sortedAt{tables.Key(uuid.New()), "a"}
		k.of(at[0], "1", now) // is used all the time
		read := session.ReadSortKey{SortKey: session.SortKey{Key: &text}, Version: "1"}
		k.add(at[i], newSortKey(read, now), most)
		k.add(at[i], newSortKey(read, now), most)
	}
	if k.bytes > most || k.keys.Len() != 10 {
		t.Errorf("%d keys of %d bytes, want 10 of at most %d", k.keys.Len(), k.bytes, most)
	}
	for _, c := range []struct {
		name    string
		at      sortedAt
		version string
		after   time.Duration
		known   bool
	}{
		{"the one in use", at[0], "1", 0, true},
		{"the last one", at[19], "1", 0, true},
		{"one not used for long", at[1], "1", 0, false},
		{"another path", sortedAt{at[19].resultID, "b"}, "1", 0, false},
		{"another version", at[19], "2", 0, false},
		{"an hour later", at[19], "1", time.Hour, false},
	} {
		if got := k.of(c.at, c.version, now.Add(c.after)) != nil; got != c.known {
			t.Errorf("%s: known is %t", c.name, got)
		}
	}
}
