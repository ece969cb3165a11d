package resultlist

import (
	"context"
	"log/slog"
	"slices"
	"time"

	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/references"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/versioned"
	"github.com/eosc-perf/backend/ports"
)

// Lists reads the lists of results of one database.
type Lists struct {
	// References finds the entities that results refer to.
	References *references.Cache
	// HeavyTimeout is how long a heavy list may take, 0 for any time.
	HeavyTimeout time.Duration
	// MaxLookups: up to this number of results that satisfy the filters of a query,
	// the database looks each of them up. For more it reads tables and indexes in bulk.
	MaxLookups int
	// FewLarge: so many large documents at most are read by each list that asks for what is inside.
	// Of more it is kept what they say.
	FewLarge int
	// SortKeyBytes is how much memory the keys that large documents are sorted by may take; 0 to read
	// the documents for each list.
	SortKeyBytes int
	// Log gets the plan of each list at debug level; nil for no log.
	Log *slog.Logger
	// totals are how many results satisfy the filters of queries.
	totals *versioned.Cache[totalKey, ports.DataVersion, int]
	// answers are those of large documents to conditions.
	answers *answers
	// sortKeys are those of large documents.
	sortKeys *sortKeys
}

// NewLists makes Lists without a time limit.
func NewLists(cache *references.Cache) *Lists {
	totals := versioned.New[totalKey, ports.DataVersion, int](versioned.Limits{Entries: maxTotals, Age: references.MaxAge})
	return &Lists{
		References: cache, MaxLookups: defaultMaxLookups, FewLarge: defaultFewLarge, totals: totals, answers: newAnswers(maxAnswers),
		SortKeyBytes: defaultSortKeyBytes, sortKeys: newSortKeys(),
	}
}

// Reader returns a reader that works in the session.
func (l *Lists) Reader(s session.Session) Reader { return Reader{Session: s, Lists: l} }

// Reader reads lists of results in one session.
type Reader struct {
	session.Session
	*Lists
}

// List returns a page of the results that the query chooses.
func (r Reader) List(ctx context.Context, q ports.ResultQuery) (page domain.Page[*domain.Result], err error) {
	q = withFilters(q)
	if !isHeavy(q) {
		return r.list(ctx, q)
	}
	err = r.heavily(ctx, func(ctx context.Context) error {
		page, err = r.list(ctx, q)
		return err
	})
	return page, err
}

// heavily runs work that reads many results within HeavyTimeout. It waits for a place
// first, if the context has a share.
func (r Reader) heavily(ctx context.Context, work func(ctx context.Context) error) error {
	if share := ports.ShareOf(ctx); share != nil {
		if err := share.Heavy(ctx); err != nil {
			return r.Failed(ctx, err, "wait for a place among heavy requests")
		}
	}
	if r.HeavyTimeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, r.HeavyTimeout)
		defer cancel()
	}
	return work(ctx)
}

// isHeavy tells whether a list may have to read all results, or many of them. A list is
// light if it is one of the first pages, in an order that an index has, of all
// results or of those of one benchmark, site or flavor.
func isHeavy(q ports.ResultQuery) bool {
	return q.Uploader != nil || q.AsOf != nil || q.Where != nil || q.Uploaded != (ports.Window{}) || q.Executed != (ports.Window{}) ||
		len(q.TagIDs) > 0 ||
		len(q.Filters) > 0 || len(q.Terms) > 0 || q.Page.Offset() >= query.DeepOffset || !hasIndex(q.Sort) ||
		len(q.BenchmarkIDs) > 1 || len(q.SiteIDs) > 1 || len(q.FlavorIDs) > 1
}

func hasIndex(sort []filter.Key) bool {
	return len(sort) == 0 || slices.Contains([]string{"id", "execution_datetime", "upload_datetime"}, sort[0].Field)
}

// readsDocuments tells whether filters or sorts of the query look into documents.
func readsDocuments(q ports.ResultQuery) bool {
	return len(q.Filters) > 0 || slices.ContainsFunc(q.Sort, func(key filter.Key) bool { return key.Field == filter.JSONField })
}

func (r Reader) list(ctx context.Context, q ports.ResultQuery) (domain.Page[*domain.Result], error) {
	if bulk := r.BulkResults(); bulk != nil && !isHeavy(q) && !readsDocuments(q) {
		return r.listInOneStatement(ctx, bulk, q)
	}
	ids, total, err := r.ids(ctx, q)
	if err != nil {
		return domain.Page[*domain.Result]{}, r.Failed(ctx, err, "list results")
	}
	results, err := r.Results(ctx, ids)
	return query.PageOf(q.Page, results, total), err
}

// listInOneStatement reads the rows of a page by one statement, with the total if
// that is known without counting rows.
func (r Reader) listInOneStatement(
	ctx context.Context, bulk session.BulkResults, q ports.ResultQuery,
) (domain.Page[*domain.Result], error) {
	sel, err := r.selection(ctx, q, indexedPaths{})
	if err != nil {
		return domain.Page[*domain.Result]{}, err
	}
	rows, total, err := query.Page(ctx, r.Session, sel, fetchInOneStatement(bulk, q))
	if err != nil || len(rows) == 0 {
		return query.PageOf[*domain.Result](q.Page, nil, total), r.Failed(ctx, err, "list results")
	}
	results, err := r.assemble(ctx, &rows[0].ReferenceVersion, rows)
	return query.PageOf(q.Page, results, total), err
}

func fetchInOneStatement(bulk session.BulkResults, q ports.ResultQuery) query.Fetch[session.ResultRow] {
	return func(ctx context.Context, s session.Session, sel query.Selection, offset, size int) ([]session.ResultRow, *int, error) {
		ordered, err := sel.Ordered(ctx, s)
		if err != nil {
			return nil, nil, err
		}
		total := clause.Expr{SQL: "NULL"}
		if sel.CountFast != nil {
			total = visibleTotal(q.BenchmarkIDs)
		}
		ids, err := session.StatementOf(ordered.Select("result.id AS id, CAST((?) AS bigint) AS total", total).Offset(offset).Limit(size))
		if err != nil {
			return nil, nil, err
		}
		rows, err := bulk.Read(ctx, ids)
		if err != nil || len(rows) == 0 {
			return nil, nil, err
		}
		return rows, rows[0].Total, nil
	}
}

// ids returns the ids of the results of a page, and the total of all pages.
func (r Reader) ids(ctx context.Context, q ports.ResultQuery) (ids []tables.Key, total int, err error) {
	find := func(s session.Session) error {
		in := r.Reader(s)
		p, err := in.plan(ctx, q)
		if err != nil {
			return err
		}
		how, err := in.strategy(ctx, p)
		if err != nil {
			return err
		}
		ids, total, err = how.page(ctx, s)
		return err
	}
	if !readsDocuments(q) {
		err = find(r.Session)
		return ids, total, err
	}
	// What the value index knows must not change between two statements.
	err = r.Snapshot(ctx, find)
	return ids, total, err
}
