package query

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Conditions choose the rows that satisfy all of them.
type Conditions []clause.Expression

// Add adds a condition.
func (c *Conditions) Add(sql string, values ...any) {
	*c = append(*c, clause.Expr{SQL: "(" + sql + ")", Vars: values})
}

// Where returns the conditions as a clause for GORM.
func (c Conditions) Where() clause.Where { return clause.Where{Exprs: c} }

// ChooseNothing adds a condition that no row satisfies.
func (c *Conditions) ChooseNothing() { c.Add("1 = 0") }

// Text demands that the column has exactly this value; nil demands nothing.
func (c *Conditions) Text(column string, value *string) {
	switch {
	case value == nil:
	case !IsStorable(*value):
		c.ChooseNothing()
	default:
		c.Add(column+" = ?", *value)
	}
}

// ID demands that the column has exactly this ID; nil demands nothing.
func (c *Conditions) ID(column string, value *uuid.UUID) {
	if value != nil {
		c.Add(column+" = ?", *value)
	}
}

// AnyID demands that the column has one of the IDs; none demand nothing.
func (c *Conditions) AnyID(column string, values []uuid.UUID) {
	switch values = Distinct(values); len(values) {
	case 0:
	case 1:
		c.ID(column, &values[0])
	default:
		c.Add(column+" IN ?", values)
	}
}

// Distinct returns each of the IDs once.
func Distinct(ids []uuid.UUID) []uuid.UUID {
	var distinct []uuid.UUID
	for _, id := range ids {
		if !slices.Contains(distinct, id) {
			distinct = append(distinct, id)
		}
	}
	return distinct
}

// UpTo demands that the column is at this time or before; nil demands nothing.
func (c *Conditions) UpTo(column string, t *time.Time) {
	if t != nil {
		c.Add(column+" <= ?", tables.NearestTimestamp(t.Truncate(time.Microsecond)))
	}
}

// Window demands that the column is within the window.
func (c *Conditions) Window(column string, w ports.Window) {
	if w.Before != nil {
		// Rounded up: the tables have microseconds only.
		c.Add(column+" < ?", tables.NearestTimestamp(w.Before.Add(time.Microsecond-1)))
	}
	if w.After != nil {
		c.Add(column+" > ?", tables.NearestTimestamp(*w.After))
	}
}

// Uploader demands that this person uploaded the row; nil demands nothing.
func (c *Conditions) Uploader(table string, id *domain.UserID) {
	if id != nil {
		c.Text(table+".uploader_sub", &id.Subject)
		c.Text(table+".uploader_iss", &id.Issuer)
	}
}

// Reviewed demands what all lists of reviewed entities can be asked for.
func (c *Conditions) Reviewed(table string, q ports.ReviewedOptions) {
	c.Window(table+".upload_datetime", q.Uploaded)
	c.Status(table, q.Status)
}

// Status demands this state of the review. A missing status counts as "on review".
func (c *Conditions) Status(table string, wanted domain.Status) {
	wanted = tables.StatusOrDefault(wanted)
	if wanted == domain.OnReview {
		c.Add(table+".status = ? OR "+table+".status IS NULL", tables.Status(wanted))
		return
	}
	c.Add(table+".status = ?", tables.Status(wanted))
}

// IsStorable tells whether PostgreSQL can store the text. If not, no row has it.
func IsStorable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsRune(text, 0)
}
