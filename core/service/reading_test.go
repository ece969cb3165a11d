package service

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

func asked(id uuid.UUID, path string) ports.MeasurementQuery {
	return ports.MeasurementQuery{ResultQuery: ports.ResultQuery{BenchmarkIDs: []uuid.UUID{id}}, Metrics: []domain.Metric{{Path: path}}}
}

func TestQuestionsOfOneRequestReadTheSameResultsOnce(t *testing.T) {
	with := func(q ports.MeasurementQuery, others ...string) ports.MeasurementQuery {
		for _, path := range others {
			q.Others = append(q.Others, filter.Names(path))
		}
		return q
	}
	one, other := uuid.New(), uuid.New()
	for name, test := range map[string]struct {
		ctx     context.Context
		queries []ports.MeasurementQuery
		want    int
	}{
		"the same":           {WithOneReading(t.Context()), []ports.MeasurementQuery{asked(one, "a"), asked(one, "a"), asked(one, "a")}, 1},
		"one after another":  {WithOneReading(t.Context()), []ports.MeasurementQuery{asked(one, "a"), asked(other, "a"), asked(one, "a")}, 2},
		"fewer values":       {WithOneReading(t.Context()), []ports.MeasurementQuery{with(asked(one, "a"), "b"), asked(one, "a")}, 1},
		"more values":        {WithOneReading(t.Context()), []ports.MeasurementQuery{asked(one, "a"), with(asked(one, "a"), "b")}, 2},
		"other values":       {WithOneReading(t.Context()), []ports.MeasurementQuery{with(asked(one, "a"), "b"), with(asked(one, "a"), "c")}, 2},
		"another benchmark":  {WithOneReading(t.Context()), []ports.MeasurementQuery{asked(one, "a"), asked(other, "a")}, 2},
		"another metric":     {WithOneReading(t.Context()), []ports.MeasurementQuery{asked(one, "a"), asked(one, "b")}, 2},
		"no shared reading":  {t.Context(), []ports.MeasurementQuery{asked(one, "a"), asked(one, "a")}, 2},
		"an error, and more": {WithOneReading(t.Context()), []ports.MeasurementQuery{asked(uuid.Nil, "a"), asked(uuid.Nil, "a")}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			reads := 0
			for _, query := range test.queries {
				items, _, err := readOnce(test.ctx, query, func() (domain.Measurements, bool, error) {
					reads++
					if query.BenchmarkIDs[0] == uuid.Nil {
						return domain.Measurements{}, false, context.DeadlineExceeded
					}
					return domain.Measurements{Items: []domain.Measurement{{BenchmarkID: query.BenchmarkIDs[0]}}}, false, nil
				})
				if err == nil && items.Items[0].BenchmarkID != query.BenchmarkIDs[0] {
					t.Error("the measurements are those of another benchmark")
				}
			}
			if reads != test.want {
				t.Errorf("%d reads, want %d", reads, test.want)
			}
		})
	}
}

// counting counts the versions that are read.
type counting struct {
	ports.Measurements

	reads int
}

func (c *counting) Version(context.Context, []uuid.UUID) (ports.DataVersion, error) {
	c.reads++
	return ports.DataVersion{Results: int64(c.reads)}, nil
}

func TestQuestionsOfOneRequestAreAboutOneVersion(t *testing.T) {
	one, other := uuid.New(), uuid.New()
	for name, test := range map[string]struct {
		ctx  context.Context
		want []int64
	}{
		"one request":       {WithOneReading(t.Context()), []int64{1, 1, 2, 1, 3}},
		"no shared reading": {t.Context(), []int64{1, 2, 3, 4, 5}},
	} {
		stored := &counting{}
		for i, ids := range [][]uuid.UUID{{one}, {one}, {other}, {one}, {one, other}} {
			version, err := versionOnce(test.ctx, stored, ids)
			if i == 0 { // measurements ask for the version while they are read
				_, _, err = readOnce(test.ctx, asked(one, "a"), func() (domain.Measurements, bool, error) {
					_, err := versionOnce(test.ctx, &counting{}, ids)
					return domain.Measurements{}, false, err
				})
			}
			if err != nil || version.Results != test.want[i] {
				t.Errorf("%s, question %d: version %d, %v; want %d", name, i, version.Results, err, test.want[i])
			}
		}
	}
}
