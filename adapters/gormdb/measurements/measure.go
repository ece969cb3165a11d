package measurements

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/references"
	"github.com/eosc-perf/backend/adapters/gormdb/resultlist"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/metrics"
	"github.com/eosc-perf/backend/ports"
)

// Reader reads measurements in one session. It implements ports.Measurements.
type Reader struct {
	session.Session

	Lists *resultlist.Lists
}

// Measure implements ports.Measurements. All statements see one state of the database.
func (r Reader) Measure(ctx context.Context, q ports.MeasurementQuery) (found domain.Measurements, err error) {
	err = r.Lists.Reader(r.Session).Heavy(ctx, func(ctx context.Context, list resultlist.Reader) error {
		found, err = Reader{list.Session, r.Lists}.measure(ctx, list, q)
		return err
	})
	return found, err
}

func (r Reader) measure(ctx context.Context, list resultlist.Reader, q ports.MeasurementQuery) (domain.Measurements, error) {
	found, rows := domain.Measurements{}, 0
	for i, metric := range q.Metrics {
		ofOne := q.ResultQuery
		ofOne.BenchmarkIDs = q.BenchmarkIDs[i : i+1]
		items, rowsOfOne, derived, err := r.measureOne(ctx, list, ofOne, metric, q)
		if err != nil {
			return found, r.Failed(ctx, err, "measure results")
		}
		rows += rowsOfOne
		if !derived {
			deriving, err := r.derivation(ctx, q.BenchmarkIDs[i], metric)
			if err != nil {
				return found, r.Failed(ctx, err, "read how far the values of a metric are derived")
			}
			found.Deriving = together(found.Deriving, deriving)
		}
		for k := range items {
			items[k].BenchmarkID = q.BenchmarkIDs[i]
		}
		if found.Items == nil {
			found.Items = items
		} else {
			found.Items = append(found.Items, items...)
		}
	}
	if q.Uploader == nil && len(q.FlavorIDs) == 0 {
		visible, err := list.Visible(ctx, q.BenchmarkIDs)
		if err != nil {
			return found, r.Failed(ctx, err, "count results")
		}
		found.Complete = rows == visible
	}
	byID := func(a, b domain.Measurement) int { return bytes.Compare(a.ResultID[:], b.ResultID[:]) }
	if !slices.IsSortedFunc(found.Items, byID) {
		slices.SortFunc(found.Items, byID)
	}
	if q.WithTags {
		if err := r.addTags(ctx, list, q, found.Items); err != nil {
			return found, err
		}
	}
	return found, r.addEntities(ctx, &found)
}

// together adds two derivations, of which each may be nil.
func together(a, b *domain.Derivation) *domain.Derivation {
	if a == nil || b == nil {
		return cmp.Or(a, b)
	}
	return &domain.Derivation{Done: a.Done + b.Done, Total: a.Total + b.Total}
}

// measureOne reads the measurements of one benchmark, and the number of results that it read. derived is true if
// their values had been derived.
func (r Reader) measureOne(
	ctx context.Context, list resultlist.Reader, of ports.ResultQuery, metric domain.Metric, q ports.MeasurementQuery,
) (items []domain.Measurement, read int, derived bool, err error) {
	rows, err := r.fromIndex(ctx, list, of, metric, q.Others)
	if err != nil {
		return nil, 0, false, err
	}
	if derived = rows != nil; !derived {
		if rows, err = r.fromDocuments(ctx, list, of, metric, q.Others); err != nil {
			return nil, 0, false, err
		}
	}
	items, read, err = r.read(ctx, rows, metric, q)
	return items, read, derived, err
}

// fromDocuments is the query that reads the values from the documents of the results.
func (r Reader) fromDocuments(
	ctx context.Context, list resultlist.Reader, of ports.ResultQuery, metric domain.Metric, others []filter.Path,
) (*gorm.DB, error) {
	chosen, err := list.Chosen(ctx, of)
	if err != nil {
		return nil, err
	}
	columns := []string{
		"result.id", "result.site_id", "result.flavor_id", "result.uploader_sub", "result.uploader_iss",
		"result.upload_datetime", "result.execution_datetime", "result.image_digest",
	}
	var values []any
	for _, path := range pathsOf(metric, others) {
		columns = append(columns, "?")
		values = append(values, r.valueAt("result.json", path))
	}
	return chosen.Select(strings.Join(columns, ", "), values...), nil
}

// read reads the rows of a query, and their number.
func (r Reader) read(
	ctx context.Context, query *gorm.DB, metric domain.Metric, q ports.MeasurementQuery,
) ([]domain.Measurement, int, error) {
	reading := newReading(metric, q, ports.ShareOf(ctx))
	err := r.MetricRows(ctx, query, metricPaths+len(q.Others), func(row *session.MetricRow) error { return reading.take(ctx, row) })
	return reading.items, reading.rows, err
}

// pathsOf are the paths whose values are read: those of the metric, nil for those that it
// does not have, then the others.
func pathsOf(metric domain.Metric, others []filter.Path) []filter.Path {
	paths := make([]filter.Path, 0, metricPaths+len(others))
	for _, path := range []string{metric.Path, metric.Samples, metric.Resource, metric.Label} {
		paths = append(paths, metrics.Path(path))
	}
	return append(paths, others...)
}

// valueAt is the JSON text of the value at a path of the documents; NULL for no path.
func (r Reader) valueAt(document string, path filter.Path) clause.Expr {
	if path == nil || !resultlist.CanExist(path) {
		return clause.Expr{SQL: "NULL"}
	}
	return r.Dialect.JSON.Text(document, path)
}

func (r Reader) addTags(ctx context.Context, list resultlist.Reader, q ports.MeasurementQuery, items []domain.Measurement) error {
	chosen, err := list.Chosen(ctx, q.ResultQuery)
	if err != nil {
		return r.Failed(ctx, err, "choose the results to measure")
	}
	var rows []struct{ ResultID, TagID tables.Key }
	err = r.Query(ctx).Table("result_tags").Select("result_id", "tag_id").
		Where("result_id IN (?)", chosen.Select("result.id")).Order("result_id, tag_id").Find(&rows).Error
	if err != nil {
		return r.Failed(ctx, err, "read the tags of results")
	}
	tagIDs := map[uuid.UUID][]uuid.UUID{}
	for _, row := range rows {
		tagIDs[uuid.UUID(row.ResultID)] = append(tagIDs[uuid.UUID(row.ResultID)], uuid.UUID(row.TagID))
	}
	for i := range items {
		items[i].TagIDs = tagIDs[items[i].ResultID]
	}
	return nil
}

// addEntities reads the entities that the measurements refer to.
func (r Reader) addEntities(ctx context.Context, found *domain.Measurements) error {
	var ids references.IDs
	benchmarks, sites, flavors, tags := map[uuid.UUID]bool{}, map[uuid.UUID]bool{}, map[uuid.UUID]bool{}, map[uuid.UUID]bool{}
	note := func(seen map[uuid.UUID]bool, list *[]uuid.UUID, id uuid.UUID) {
		if !seen[id] {
			seen[id] = true
			*list = append(*list, id)
		}
	}
	for i := range found.Items {
		item := &found.Items[i]
		note(benchmarks, &ids.Benchmarks, item.BenchmarkID)
		note(sites, &ids.Sites, item.SiteID)
		note(flavors, &ids.Flavors, item.FlavorID)
		for _, id := range item.TagIDs {
			note(tags, &ids.Tags, id)
		}
	}
	entities, err := r.Lists.References.Find(ctx, r.Session, nil, ids)
	if err != nil {
		return fmt.Errorf("read what the measured results refer to: %w", err)
	}
	found.Benchmarks, found.Sites, found.Flavors, found.Tags = entities.Benchmarks, entities.Sites, entities.Flavors, entities.Tags
	return nil
}

// Present implements ports.Measurements.
func (r Reader) Present(ctx context.Context, benchmarkID uuid.UUID, paths []filter.Path) (hasResults bool, present []bool, err error) {
	present = make([]bool, len(paths))
	rows := func() *gorm.DB {
		return r.Query(ctx).Table("result").Where("NOT deleted AND benchmark_id = ?", benchmarkID)
	}
	exists := func(query *gorm.DB) (found bool, err error) {
		err = r.Query(ctx).Raw("SELECT EXISTS (?)", query.Select("1")).Scan(&found).Error
		return found, r.Failed(ctx, err, "look for values of a metric")
	}
	if hasResults, err = exists(rows()); err != nil || !hasResults {
		return hasResults, present, err
	}
	for i, path := range paths {
		value := r.valueAt("result.json", path)
		if present[i], err = exists(rows().Where("? IS NOT NULL AND ? <> 'null'", value, value)); err != nil {
			return hasResults, present, err
		}
	}
	return hasResults, present, nil
}
