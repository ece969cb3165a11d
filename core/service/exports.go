package service

import (
	"context"
	"errors"
	"iter"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/metrics"
	"github.com/eosc-perf/backend/ports"
)

// TagsColumn is the field of a column with the names of a result's tags. The fields of all
// other columns are those of ports.ResultSort.
const TagsColumn = "tags"

// Column is a column of an export.
type Column struct {
	// Field is one of ports.ResultSort, or TagsColumn.
	Field string
	// Path is the path of a value inside of the documents, only if Field is
	// filter.JSONField; nil is the whole document.
	Path filter.Path
	// Unit is that of the values; empty if they have none, or if it is not known.
	Unit string
}

// Same is true if both columns hold the same, whatever their units.
func (c Column) Same(other Column) bool {
	return c.Field == other.Field && c.Path.Equal(other.Path) && (c.Path == nil) == (other.Path == nil)
}

// defaultFields are the fields of the first columns where an export names none. The metrics
// of the benchmarks follow.
var defaultFields = []string{"id", "execution_datetime", "benchmark_name", "site_name", "flavor_name", TagsColumn}

// Export calls write with the results that the query chooses, in its order, all from one
// state of the database; see ports.Results. Write gets the columns too: those given, or for
// nil the default ones, which have the metrics of the benchmarks that the query names. Paths
// with a metric get its unit. The error of write is returned as it is.
func (s *Results) Export(
	ctx context.Context, caller domain.Caller, q ports.ResultQuery, columns []Column,
	write func(columns []Column, results iter.Seq2[*domain.Result, error]) error,
) error {
	if err := caller.May(domain.ExportResults); err != nil {
		return err
	}
	measured, err := s.metricColumns(ctx, q)
	if err != nil {
		return err
	}
	columns = withUnits(columns, measured)
	if columns == nil {
		for _, field := range defaultFields {
			columns = append(columns, Column{Field: field})
		}
		columns = append(columns, measured...)
	}
	return s.storage.Repos().Results.Stream(ctx, q, func(results iter.Seq2[*domain.Result, error]) error {
		return write(columns, results)
	})
}

// Identify returns which results the query chooses: their number, their set and the time of the
// newest upload, for a citation.
func (s *Results) Identify(ctx context.Context, caller domain.Caller, q ports.ResultQuery) (comparison.Basis, error) {
	if err := caller.May(domain.ExportResults); err != nil {
		return comparison.Basis{}, err
	}
	all := comparison.NewTally()
	err := s.storage.Repos().Results.Identify(ctx, q, func(id uuid.UUID, uploadedAt time.Time) error {
		all.Add(id, uploadedAt)
		return nil
	})
	return all.Basis(), err
}

// metricColumns are columns of the metrics of the benchmarks that the query names, each path
// once. A unit on which two benchmarks do not agree is left out.
func (s *Results) metricColumns(ctx context.Context, q ports.ResultQuery) ([]Column, error) {
	var columns []Column
	for _, id := range q.BenchmarkIDs {
		benchmark, err := s.storage.Repos().Benchmarks.Get(ctx, id)
		if errors.Is(err, ports.ErrNotFound) {
			continue // it has no results either
		}
		if err != nil {
			return nil, err
		}
		for _, metric := range metrics.Of(benchmark) {
			column := Column{Field: filter.JSONField, Path: metrics.Path(metric.Path), Unit: metric.Unit}
			i := slices.IndexFunc(columns, column.Same)
			switch {
			case i < 0:
				columns = append(columns, column)
			case columns[i].Unit != column.Unit:
				columns[i].Unit = ""
			}
		}
	}
	return columns, nil
}

// withUnits returns the columns with the units of the same columns among those of metrics.
func withUnits(columns, measured []Column) []Column {
	columns = slices.Clone(columns)
	for i, column := range columns {
		if m := slices.IndexFunc(measured, column.Same); m >= 0 {
			columns[i].Unit = measured[m].Unit
		}
	}
	return columns
}
