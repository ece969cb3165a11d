package query

import (
	"context"
	"math"
	"slices"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/core/domain"
)

// DeepOffset is the number of rows that a page may skip. A page that would skip more
// asks for the total first, to read from the nearer end of the list.
const DeepOffset = 1000

// Fetch reads a number of the selected rows after an offset. It also returns the total
// if it knows the total without another query.
type Fetch[R any] func(ctx context.Context, s session.Session, sel Selection, offset, size int) (rows []R, knownTotal *int, err error)

// Scan fetches these columns; without any, all columns of the table that R is a row of.
func Scan[R any](columns ...string) Fetch[R] {
	return func(ctx context.Context, s session.Session, sel Selection, offset, size int) (rows []R, knownTotal *int, err error) {
		query, err := sel.Ordered(ctx, s)
		if err != nil {
			return nil, nil, err
		}
		if len(columns) > 0 {
			query = query.Select(columns)
		}
		err = query.Offset(offset).Limit(size).Find(&rows).Error
		return rows, nil, err
	}
}

// Page returns the rows of the selected page, and the total of all pages. A page
// beyond the last one has no rows.
func Page[R any](ctx context.Context, s session.Session, sel Selection, fetch Fetch[R]) (rows []R, total int, err error) {
	size, offset := sel.Page.Size, sel.Page.Offset()
	if sel.Page.Number > math.MaxInt32/size {
		total, err := sel.Total(ctx, s)
		return nil, total, err
	}
	if offset >= DeepOffset && sel.CountFast != nil {
		err = s.Snapshot(ctx, func(s session.Session) error {
			rows, total, err = deepPage(ctx, s, sel, fetch)
			return err
		})
		return rows, total, err
	}
	rows, knownTotal, err := fetch(ctx, s, sel, offset, size)
	if err != nil {
		return nil, 0, err
	}
	if knownTotal != nil {
		return rows, *knownTotal, nil
	}
	// A page that is not full is the last one and tells the total.
	if n := len(rows); n < size && (n > 0 || sel.Page.Number == 1) {
		return rows, offset + n, nil
	}
	total, err = sel.Total(ctx, s)
	return rows, total, err
}

// deepPage reads from the end of the list that is nearer to the page. The session must
// see the total and the rows in one state of the database.
func deepPage[R any](ctx context.Context, s session.Session, sel Selection, fetch Fetch[R]) (rows []R, total int, err error) {
	offset := sel.Page.Offset()
	if total, err = sel.CountFast(ctx, s); err != nil || offset >= total {
		return nil, total, err
	}
	size := min(sel.Page.Size, total-offset)
	if offset <= total/2 {
		rows, _, err = fetch(ctx, s, sel, offset, size)
		return rows, total, err
	}
	sel.Backwards = true
	rows, _, err = fetch(ctx, s, sel, total-offset-size, size)
	slices.Reverse(rows)
	return rows, total, err
}

// PageOf puts a page together.
func PageOf[T any](request domain.PageRequest, items []T, total int) domain.Page[T] {
	return domain.Page[T]{PageRequest: request, Items: items, Total: total}
}
