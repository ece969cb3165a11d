package resultlist

import (
	"context"
	"errors"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// A condition on a value that no index and no outline has needs the document: milliseconds for a
// large one. Many large documents of one uploader would make each such question longer than the time
// that it has, for everybody. So what large documents say to a comparison is found out before the
// list is read, in steps, and kept: a question that did not have time enough goes
// on where it stopped, and the next one reads no document.

const (
	// defaultFewLarge: see Lists.FewLarge.
	defaultFewLarge = 16
	// firstStep is how many large documents the first statement reads. The next ones read twice as
	// many while they take less than shortStep.
	firstStep = 8
	shortStep = 100 * time.Millisecond
)

// decided are the answers of large documents to the comparisons of a query.
type decided struct {
	// large are the documents, and holds those that satisfy each comparison, by its canonical form.
	large clause.Expr
	holds map[string]clause.Expr
}

// or is the condition that the document of the result with the id satisfies the comparison, for one
// that reads the document.
func (d decided) or(c filter.Comparison, id string, read clause.Expr) clause.Expr {
	holds, ok := d.holds[c.String()]
	if !ok {
		return read
	}
	return clause.Expr{
		SQL:  "(CASE WHEN " + id + " IN (SELECT listed.id FROM ?) THEN " + id + " IN (SELECT listed.id FROM ?) ELSE ? END)",
		Vars: []any{d.large, holds, read},
	}
}

// decide answers the comparisons of the query for large documents, if there are many. Other
// conditions come first: a result that one of them excludes counts as one that satisfies none of
// those behind it.
func (r Reader) decide(ctx context.Context, q ports.ResultQuery, paths indexedPaths) (d decided, err error) {
	open, rest := withoutDocuments(q, paths)
	if len(open) == 0 || r.InUnitOfWork() { // a unit of work may undo what it sees
		return d, nil
	}
	t := translator{Reader: r}
	if t.units, err = r.declaredUnits(ctx, q); err != nil {
		return d, err
	}
	if t.occurrence, err = r.Dialect.Text.Occurrence(ctx, r.Query(ctx)); err != nil {
		return d, r.Failed(ctx, err, "prepare a condition")
	}
	left, err := r.largeAmong(ctx, rest, paths, t)
	if err != nil || len(left) <= r.FewLarge {
		return d, err
	}
	d = decided{r.Dialect.Streams.Listed(left), map[string]clause.Expr{}}
	for _, part := range open {
		for _, c := range part.Comparisons() {
			if c.Operand.Field != filter.JSONField || !canExist(c.Operand.Path) {
				continue
			}
			holding, err := r.holding(ctx, t.readingDocument(c), left)
			if err != nil {
				return d, err
			}
			d.holds[c.String()] = r.Dialect.Streams.Listed(holding)
			if _, isAll := part.(filter.Comparison); isAll {
				left = holding
			}
		}
	}
	return d, nil
}

// withoutDocuments divides the query: open are the conditions, all of which must hold, that documents
// may have to answer, and rest is the query with the others only.
func withoutDocuments(q ports.ResultQuery, paths indexedPaths) (open []filter.Expression, rest ports.ResultQuery) {
	rest = q
	rest.Filters, rest.Where = nil, nil
	for _, f := range q.Filters {
		// Of an array with many values the index says only that the document is to be read.
		if isSatisfiable(f) && (f.Path.HasAny() || !paths.cover(f)) {
			open = append(open, f.Comparison())
			continue
		}
		rest.Filters = append(rest.Filters, f)
	}
	parts, ok := q.Where.(filter.And)
	if !ok && q.Where != nil {
		parts = filter.And{q.Where}
	}
	var others []filter.Expression
	for _, part := range parts {
		if looksIntoDocuments(part) {
			open = append(open, part)
			continue
		}
		others = append(others, part)
	}
	rest.Where = filter.All(others)
	return open, rest
}

func looksIntoDocuments(e filter.Expression) bool {
	return slices.ContainsFunc(e.Comparisons(), func(c filter.Comparison) bool { return c.Operand.Field == filter.JSONField })
}

// largeAmong returns the results of the query that have a large document. The table of outlines
// comes first: most results have none.
func (r Reader) largeAmong(ctx context.Context, q ports.ResultQuery, paths indexedPaths, t translator) (ids []tables.Key, err error) {
	where := r.conditions(q, paths, t)
	if q.Where != nil {
		where = append(where, t.expression(q.Where))
	}
	where.Add("result.id = outlined.result_id")
	err = r.Query(ctx).Table("result_outline AS outlined CROSS JOIN result").Clauses(where.Where()).
		Select("result.id").Order("result.id").Scan(&ids).Error
	return ids, r.Failed(ctx, err, "find large documents")
}

// holding returns those of the results whose documents satisfy the condition.
func (r Reader) holding(ctx context.Context, condition clause.Expr, among []tables.Key) ([]tables.Key, error) {
	satisfying := func(ids ...tables.Key) *gorm.DB {
		where := query.Conditions{condition}
		where.Add("result.id IN (SELECT listed.id FROM ?)", r.Dialect.Streams.Listed(ids))
		return r.Query(ctx).Table("result").Clauses(where.Where()).Select("result.id")
	}
	key, ok := keyOf(satisfying())
	if !ok {
		return nil, errNoKey
	}
	known := r.answers.of(key, r.References.Now())
	holding, open := known.among(among)
	if len(open) == 0 {
		return holding, nil
	}
	if err := known.lock(ctx); err != nil { // somebody asks the same
		return nil, r.unfinished(ctx, err)
	}
	defer known.unlock()
	for size := firstStep; ; {
		if holding, open = known.among(among); len(open) == 0 {
			return holding, nil
		}
		step := open[:min(size, len(open))]
		var found []tables.Key
		began := time.Now()
		if err := satisfying(step...).Scan(&found).Error; err != nil {
			return nil, r.unfinished(ctx, err)
		}
		r.answers.add(known, step, found)
		if time.Since(began) < shortStep {
			size *= 2
		}
	}
}

var errNoKey = errors.New("a value of the condition is not plain")

// unfinished is the error of a question that is to be asked again.
func (r Reader) unfinished(ctx context.Context, err error) error {
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return session.Unfinished(err)
	}
	return r.Failed(ctx, err, "read large documents")
}
