package resultlist

import (
	"context"
	"crypto/sha256"
	"database/sql/driver"
	"fmt"

	"github.com/google/uuid"
	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/ports"
)

// maxTotals is how many totals are kept, of some 200 bytes each.
const maxTotals = 4096

// totalKey is the hash of the statement that counts.
type totalKey [sha256.Size]byte

// visibleAt returns the number of visible results of the benchmarks, or of all for nil, by what
// triggers count, and their version, which changes in the transaction that changes them.
func (r Reader) visibleAt(ctx context.Context, benchmarks []uuid.UUID) (visible int, version ports.DataVersion, err error) {
	rows := r.Query(ctx).Table("result_count").Select(`CAST(coalesce(sum(visible), 0) AS bigint) AS visible,
		CAST(coalesce(sum(changes), 0) AS bigint) AS results,
		(SELECT CAST(coalesce(sum(changes), 0) AS bigint) FROM reference_change) AS "references"`)
	if benchmarks != nil {
		rows = rows.Where("benchmark_id IN ?", benchmarks)
	}
	var found struct {
		Visible             int
		Results, References int64
	}
	err = rows.Scan(&found).Error
	return found.Visible, ports.DataVersion{Results: found.Results, References: found.References}, err
}

// keptTotal counts what the selection selects at the version, once: people go from page to page of one
// list. A unit of work may undo what it sees, and keeps nothing.
func (r Reader) keptTotal(ctx context.Context, sel query.Selection, version ports.DataVersion) (int, error) {
	key, ok := keyOf(sel.Rows(ctx, r.Session).Select("count(*)"))
	if r.InUnitOfWork() || !ok {
		return sel.Total(ctx, r.Session)
	}
	now := r.References.Now()
	if total, ok := r.totals.Get(key, version, now); ok {
		return total, nil
	}
	total, err := sel.Total(ctx, r.Session)
	if err == nil {
		r.totals.Put(key, version, now, total, 0)
	}
	return total, err
}

// keyOf returns the key of a statement, if all of its values are plain: two that differ are never
// written alike.
func keyOf(rows *gorm.DB) (key totalKey, ok bool) {
	statement, err := session.StatementOf(rows)
	if err != nil {
		return key, false
	}
	written := []byte(statement.SQL)
	for _, value := range statement.Values {
		plain, err := driver.DefaultParameterConverter.ConvertValue(value)
		if err != nil {
			return key, false
		}
		written = fmt.Appendf(written, "\n%#v", plain)
	}
	return sha256.Sum256(written), true
}
