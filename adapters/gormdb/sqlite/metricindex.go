package sqlite

import (
	"context"
	"database/sql"
	"strings"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/filter"
)

// metricIndex implements session.MetricIndex.
type metricIndex struct{}

// Path implements session.MetricIndex: a path in SQLite's own form. Names that may be indexes
// too, and those that SQLite cannot quote, are left to the documents.
func (metricIndex) Path(path filter.Path) (written string, ok bool) {
	if !path.IsPlain() {
		return "", false
	}
	written = "$"
	for _, name := range path.Names() {
		if _, isIndex := document.ArrayIndex(name); isIndex || strings.ContainsAny(name, "\"\\") {
			return "", false
		}
		written += `."` + name + `"`
	}
	return written, true
}

// Rows implements session.MetricIndex.
func (metricIndex) Rows(
	ctx context.Context, _ *sql.Conn, tx gorm.ConnPool, statement session.Statement, texts int, take func(*session.MetricRow) error,
) error {
	return session.ScanMetricRows(ctx, tx, statement, texts, take)
}
