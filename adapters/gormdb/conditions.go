package gormdb

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// conditions choose rows: those that satisfy all of them.
type conditions []clause.Expression

func (c *conditions) add(sql string, values ...any) {
	*c = append(*c, clause.Expr{SQL: "(" + sql + ")", Vars: values})
}

// clause is for statements that GORM builds.
func (c conditions) clause() clause.Where { return clause.Where{Exprs: c} }

// nothing chooses no row.
func (c *conditions) nothing() { c.add("1 = 0") }

// text demands the value exactly, nil nothing.
func (c *conditions) text(column string, value *string) {
	switch {
	case value == nil:
	case !storable(*value):
		c.nothing()
	default:
		c.add(column+" = ?", *value)
	}
}

func (c *conditions) id(column string, value *uuid.UUID) {
	if value != nil {
		c.add(column+" = ?", *value)
	}
}

func (c *conditions) window(column string, w ports.Window) {
	if w.Before != nil {
		// Rounded up: what is stored has microseconds only.
		c.add(column+" < ?", bound(w.Before.Add(time.Microsecond-1)))
	}
	if w.After != nil {
		c.add(column+" > ?", bound(*w.After))
	}
}

// bound keeps a time within the years that can be written with four digits and
// that every database knows; no row is beyond them.
func bound(t time.Time) timestamp {
	first, last := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 23, 59, 59, 999_999_999, time.UTC)
	if t.Before(first) {
		t = first
	}
	if t.After(last) {
		t = last
	}
	return timestampOf(t)
}

func (c *conditions) uploader(table string, id *domain.UserID) {
	if id != nil {
		c.text(table+".uploader_sub", &id.Subject)
		c.text(table+".uploader_iss", &id.Issuer)
	}
}

func (c *conditions) reviewed(table string, q ports.ReviewedOptions) {
	c.window(table+".upload_datetime", q.Uploaded)
	c.status(table, q.Status)
}

// status: a missing one counts as on review.
func (c *conditions) status(table string, of domain.Status) {
	wanted := statusOrDefault(of)
	if wanted == domain.OnReview {
		c.add(table+".status = ? OR "+table+".status IS NULL", status(wanted))
		return
	}
	c.add(table+".status = ?", status(wanted))
}

func (c *conditions) filters(dialect Dialect, column string, filters []filter.Condition) {
	for _, f := range filters {
		if !satisfiable(f) {
			c.nothing()
			continue
		}
		*c = append(*c, dialect.Condition(column, f))
	}
}

// satisfiable tells whether any document could satisfy the condition, and every
// database could look for it.
func satisfiable(c filter.Condition) bool {
	return leadsSomewhere(c.Path) && storable(c.Value) && (c.Kind != filter.Number || isModerate(c.Value))
}

func leadsSomewhere(path filter.Path) bool {
	return !path.LeadsNowhere() && !slices.ContainsFunc(path, func(part string) bool { return !storable(part) })
}

// storable tells whether PostgreSQL can hold the text: no row has any other.
func storable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsRune(text, 0)
}

// isModerate tells whether the number is within what PostgreSQL's numeric holds,
// which is 131072 digits before the point and 16383 after it.
func isModerate(number string) bool {
	const most = 8000
	if len(number) > most {
		return false
	}
	i := strings.IndexAny(number, "eE")
	if i < 0 {
		return true
	}
	exponent, err := strconv.Atoi(number[i+1:])
	return err == nil && -most <= exponent && exponent <= most
}
