package postgres

import (
	"context"
	"strings"
	"sync/atomic"

	"gorm.io/gorm"
)

// texts implements session.Text.
type texts struct {
	// occurrence is nil until the first search.
	occurrence atomic.Pointer[string]
}

// CodePointOrder implements session.Text, whatever the collation of the database.
func (*texts) CodePointOrder() string { return `COLLATE "C"` }

// collations that know the case of all letters, the best first. A database's own
// may know ASCII only: C does. ICU's is in most installations; pg_c_utf8 in all
// since PostgreSQL 17; the others are the operating system's.
var collations = []string{"und-x-icu", "pg_c_utf8", "C.utf8", "C.UTF-8", "en_US.utf8"}

// Occurrence implements session.Text. It looks for a collation once.
func (t *texts) Occurrence(ctx context.Context, db *gorm.DB) (string, error) {
	if known := t.occurrence.Load(); known != nil {
		return *known, nil
	}
	collation, err := firstCollation(ctx, db, collations)
	if err != nil {
		return "", err
	}
	occurrence := occurrenceIn(collation)
	t.occurrence.Store(&occurrence)
	return occurrence, nil
}

// firstCollation returns the first of the collations that the database has and can use, empty
// if there is none.
func firstCollation(ctx context.Context, db *gorm.DB, candidates []string) (string, error) {
	var found []string
	values := map[string]any{"collations": candidates, "ranking": strings.Join(candidates, ",")}
	err := db.WithContext(ctx).Raw(statements.Text("find_collation"), values).Scan(&found).Error
	if err != nil || len(found) == 0 {
		return "", err
	}
	return found[0], nil
}

// occurrenceIn compares in lower case. Two differences of case remain then: a sigma at
// the end of a word, and in some collations the dot of the Turkish capital i.
// translate removes them. Without a collation, that of the database is used.
func occurrenceIn(collation string) string {
	collate := ""
	if collation != "" {
		collate = ` COLLATE pg_catalog."` + collation + `"`
	}
	fold := func(text string) string {
		return "translate(lower((" + text + ")" + collate + "), '\u03c2\u0307', '\u03c3')"
	}
	return "strpos(" + fold("%s") + ", " + fold("CAST(? AS text)") + ") > 0"
}
