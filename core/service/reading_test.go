package service

import (
	"context"
	"testing"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

func TestQuestionsOfOneRequestReadTheSameResultsOnce(t *testing.T) {
	ask := func(id uuid.UUID, path string) ports.MeasurementQuery {
		return ports.MeasurementQuery{ResultQuery: ports.ResultQuery{BenchmarkIDs: []uuid.UUID{id}}, Metrics: []domain.Metric{{Path: path}}}
	}
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
		"the same":           {WithOneReading(t.Context()), []ports.MeasurementQuery{ask(one, "a"), ask(one, "a"), ask(one, "a")}, 1},
		"one after another":  {WithOneReading(t.Context()), []ports.MeasurementQuery{ask(one, "a"), ask(other, "a"), ask(one, "a")}, 2},
		"fewer values":       {WithOneReading(t.Context()), []ports.MeasurementQuery{with(ask(one, "a"), "b"), ask(one, "a")}, 1},
		"more values":        {WithOneReading(t.Context()), []ports.MeasurementQuery{ask(one, "a"), with(ask(one, "a"), "b")}, 2},
		"other values":       {WithOneReading(t.Context()), []ports.MeasurementQuery{with(ask(one, "a"), "b"), with(ask(one, "a"), "c")}, 2},
		"another benchmark":  {WithOneReading(t.Context()), []ports.MeasurementQuery{ask(one, "a"), ask(other, "a")}, 2},
		"another metric":     {WithOneReading(t.Context()), []ports.MeasurementQuery{ask(one, "a"), ask(one, "b")}, 2},
		"no shared reading":  {t.Context(), []ports.MeasurementQuery{ask(one, "a"), ask(one, "a")}, 2},
		"an error, and more": {WithOneReading(t.Context()), []ports.MeasurementQuery{ask(uuid.Nil, "a"), ask(uuid.Nil, "a")}, 2},
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
