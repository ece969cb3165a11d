package resultlist

import (
	"context"
	"slices"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/ports"
)

// visibleTotal is the number of visible results of these benchmarks, or of all for nil,
// which triggers keep in the table result_count.
func visibleTotal(benchmarks []uuid.UUID) clause.Expr {
	sum := clause.Expr{SQL: "SELECT CAST(coalesce(sum(visible), 0) AS bigint) FROM result_count"}
	if benchmarks != nil {
		sum.SQL, sum.Vars = sum.SQL+" WHERE benchmark_id IN ?", []any{benchmarks}
	}
	return sum
}

func countVisible(benchmarks []uuid.UUID) query.Count {
	return func(ctx context.Context, s session.Session) (int, error) {
		var total int
		err := s.Query(ctx).Raw("?", visibleTotal(benchmarks)).Scan(&total).Error
		return total, err
	}
}

// Visible is the number of visible results of the benchmarks, by what triggers count.
func (r Reader) Visible(ctx context.Context, benchmarks []uuid.UUID) (int, error) {
	return countVisible(benchmarks)(ctx, r.Session)
}

// Tally counts the results that the query selects by benchmark and flavor, in one statement.
func (r Reader) Tally(ctx context.Context, q ports.ResultQuery) (tallies []ports.Tally, err error) {
	count := func(ctx context.Context, in Reader) error {
		tallies, err = in.tally(ctx, q)
		return err
	}
	if q = withFilters(q); isHeavy(q) {
		err = r.Heavy(ctx, count)
	} else {
		err = count(ctx, r)
	}
	return tallies, r.Failed(ctx, err, "count results by benchmark and flavor")
}

func (r Reader) tally(ctx context.Context, q ports.ResultQuery) ([]ports.Tally, error) {
	chosen, err := r.Chosen(ctx, q)
	if err != nil {
		return nil, err
	}
	var rows []struct {
		BenchmarkID, FlavorID tables.Key
		Results               int
	}
	err = chosen.Select("benchmark_id, flavor_id, count(*) AS results").Group("benchmark_id, flavor_id").Scan(&rows).Error
	tallies := make([]ports.Tally, len(rows))
	for i, row := range rows {
		tallies[i] = ports.Tally{BenchmarkID: uuid.UUID(row.BenchmarkID), FlavorID: uuid.UUID(row.FlavorID), Results: row.Results}
	}
	return tallies, err
}

// CountBySite counts the visible results of each of the sites. The index of the results of a site answers it without their rows.
func (r Reader) CountBySite(ctx context.Context, siteIDs []uuid.UUID) (map[uuid.UUID]int, error) {
	var rows []struct {
		SiteID  tables.Key
		Results int
	}
	err := r.Query(ctx).Table("result").Where("NOT deleted AND site_id IN ?", tables.Keys(siteIDs)).
		Select("site_id, count(*) AS results").Group("site_id").Scan(&rows).Error
	counts := make(map[uuid.UUID]int, len(rows))
	for _, row := range rows {
		counts[uuid.UUID(row.SiteID)] = row.Results
	}
	return counts, r.Failed(ctx, err, "count results by site")
}

// countIntersection counts the results that satisfy the conditions and each of the
// terms, when an index answers each term. An index alone chooses the results of each
// term, and the database intersects their ids. Otherwise PostgreSQL reads the rows of
// all results of one term, most of which do not satisfy the other terms.
func countIntersection(where, terms query.Conditions) query.Count {
	where = slices.Concat(where, terms[:1])
	for _, term := range terms[1:] {
		where.Add("result.id IN (SELECT result.id FROM result WHERE NOT result.deleted AND ?)", term)
	}
	return func(ctx context.Context, s session.Session) (int, error) {
		return query.Selection{Table: "result", Where: where}.Total(ctx, s)
	}
}

func known(total int) query.Count {
	return func(context.Context, session.Session) (int, error) { return total, nil }
}
