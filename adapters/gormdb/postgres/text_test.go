package postgres

import (
	"fmt"
	"testing"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
)

func openEmpty(t *testing.T) *gormdb.Store {
	t.Helper()
	d := pgtest.New(t)
	store, err := Open(t.Context(), Config{Host: d.Host, Port: d.Port, User: d.User, Password: d.Password, Name: d.Name})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

func TestFirstExistingCollationIsUsed(t *testing.T) {
	store := openEmpty(t)
	for _, c := range []struct {
		candidates []string
		want       string
	}{
		{[]string{"POSIX", "C"}, "POSIX"},
		{[]string{"C", "POSIX"}, "C"},
		{[]string{"nowhere", "POSIX"}, "POSIX"},
		{[]string{"nowhere"}, ""},
	} {
		got, err := firstCollation(t.Context(), store.DB(), c.candidates)
		if err != nil || got != c.want {
			t.Errorf("the first of %v: got %q (%v), want %q", c.candidates, got, err, c.want)
		}
	}
}

// Without a collation that knows letters, a search still ignores the case of ASCII.
func TestOccurrenceInAnyCollation(t *testing.T) {
	store := openEmpty(t)
	best, err := firstCollation(t.Context(), store.DB(), collations)
	if err != nil || best == "" {
		t.Fatalf("the test server has none of %v (%v)", collations, err)
	}
	for _, c := range []struct {
		collation, text, term string
		want                  bool
	}{
		{"", "'Some TEXT'", "text", true},
		{"POSIX", "'Some TEXT'", "E t", true},
		{"POSIX", "'Some TEXT'", "other", false},
		{best, "'M\u00dcN' || 'CHEN'", "m\u00fcnchen", true},
		{best, "'\u0391\u03a3'", "\u03b1\u03c3", true},
	} {
		var got bool
		err := store.DB().Raw("SELECT "+fmt.Sprintf(occurrenceIn(c.collation), c.text), c.term).Scan(&got).Error
		if err != nil || got != c.want {
			t.Errorf("%q in %s by %q: got %v (%v), want %v", c.term, c.text, c.collation, got, err, c.want)
		}
	}
}
