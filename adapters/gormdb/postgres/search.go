package postgres

import (
	"context"
	"strings"

	"gorm.io/gorm"
)

// collations that know the case of all letters, the best first. A database's own
// may know ASCII only: C does. ICU's is in most installations; pg_c_utf8 in all
// since PostgreSQL 17; the others are the operating system's.
var collations = []string{"und-x-icu", "pg_c_utf8", "C.utf8", "C.UTF-8", "en_US.utf8"}

// Occurrence implements gormdb.Dialect. The collation is looked up once.
func (d *dialect) Occurrence(ctx context.Context, db *gorm.DB) (string, error) {
	if known := d.occurrence.Load(); known != nil {
		return *known, nil
	}
	collation, err := firstOf(ctx, db, collations)
	if err != nil {
		return "", err
	}
	occurrence := occurrenceIn(collation)
	d.occurrence.Store(&occurrence)
	return occurrence, nil
}

// firstOf returns the first collation that the database has and can use, empty
// if there is none.
func firstOf(ctx context.Context, db *gorm.DB, collations []string) (string, error) {
	var there []string
	err := db.WithContext(ctx).Raw(`SELECT collname FROM pg_catalog.pg_collation
		WHERE collnamespace = 'pg_catalog'::regnamespace AND collname IN ? AND collencoding IN (-1, pg_char_to_encoding(getdatabaseencoding()))
		ORDER BY array_position(string_to_array(?, ','), CAST(collname AS text)) LIMIT 1`,
		collations, strings.Join(collations, ",")).Scan(&there).Error
	if err != nil || len(there) == 0 {
		return "", err
	}
	return there[0], nil
}

// occurrenceIn: lower case leaves apart a sigma at the end of a word, and keeps
// the dot of the Turkish capital i in some collations; translate makes these
// alike. Without a collation the database's own counts.
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
