package service

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/versioned"
	"github.com/eosc-perf/backend/ports"
)

const (
	// mostValueBytes bounds the memory of all measurements that are kept, in bytes.
	mostValueBytes = 36 << 20
	// measurementSize is about what a measurement takes in memory without its texts, in bytes.
	measurementSize = 300
)

// values keeps the measurements of all results of the benchmarks that were asked about last, as long
// as these results are the same. Questions about a metric follow each other: how groups compare,
// then how their values spread, at one site, since a day. They read the values once.
type values struct {
	clock ports.Clock
	kept  *versioned.Cache[string, ports.DataVersion, keptValues]
}

// keptValues are all measurements for a query that only names benchmarks, metrics and paths.
type keptValues struct {
	items domain.Measurements
	mixed bool
}

func newValues(clock ports.Clock) *values {
	return &values{clock, versioned.New[string, ports.DataVersion, keptValues](versioned.Limits{
		Entries: maxAnswers, Weight: mostValueBytes, Age: maxAnswerAge,
	})}
}

// read returns the measurements that the query chooses, from those that are kept, or by measure. They
// are shared, and must not be changed. Those of all results of the benchmarks are kept; a question
// about some of them reads no others.
//
// The version is read before the results: measurements may be newer than their version, and are
// found no more then.
func (v *values) read(
	ctx context.Context, r ports.Measurements, q ports.MeasurementQuery, measure func() (domain.Measurements, bool, error),
) (items domain.Measurements, mixed bool, err error) {
	if !choosesByRows(q.ResultQuery) {
		return measure()
	}
	version, err := versionOnce(ctx, r, q.BenchmarkIDs)
	if err != nil {
		return items, false, err
	}
	all := fmt.Sprintf("%v %#v %q %t %t", q.BenchmarkIDs, q.Metrics, q.Others, q.All, q.WithTags)
	if kept, ok := v.kept.Get(all, version, v.clock.Now()); ok {
		items, err = chosenOf(ctx, kept.items, q.ResultQuery)
		return items, kept.mixed, err
	}
	items, mixed, err = measure()
	if err == nil && items.Complete && items.Deriving == nil {
		v.kept.Put(all, version, v.clock.Now(), keptValues{items, mixed}, sizeOf(items.Items))
	}
	return items, mixed, err
}

// choosesByRows tells whether measurements themselves tell which of them the query chooses.
func choosesByRows(q ports.ResultQuery) bool {
	return q.Uploader == nil && q.State == nil && q.Where == nil && len(q.Filters) == 0 && len(q.TagIDs) == 0 && len(q.Terms) == 0
}

// sizeOf is about what the measurements take in memory, in bytes. Their texts come from documents, and
// may be long; equal texts share their memory.
func sizeOf(items []domain.Measurement) int {
	bytes, known := measurementSize*len(items), map[string]bool{}
	add := func(text string) {
		if !known[text] {
			known[text] = true
			bytes += len(text)
		}
	}
	for i := range items {
		add(items[i].Label)
		for _, text := range items[i].Others {
			add(text)
		}
	}
	return bytes
}

// chosenOf returns those of the measurements that the query chooses.
func chosenOf(ctx context.Context, all domain.Measurements, q ports.ResultQuery) (domain.Measurements, error) {
	isOf := func(ids []uuid.UUID, id uuid.UUID) bool { return len(ids) == 0 || slices.Contains(ids, id) }
	within := func(w ports.Window, t time.Time) bool {
		return (w.Before == nil || t.Before(*w.Before)) && (w.After == nil || t.After(*w.After))
	}
	var places []int
	for i := range all.Items {
		item := &all.Items[i]
		if isOf(q.SiteIDs, item.SiteID) && isOf(q.FlavorIDs, item.FlavorID) && within(q.Uploaded, item.UploadedAt) &&
			within(q.Executed, item.ExecutedAt) && (q.AsOf == nil || !item.UploadedAt.After(*q.AsOf)) {
			places = append(places, i)
		}
	}
	if len(places) == len(all.Items) {
		return all, nil
	}
	if share := ports.ShareOf(ctx); share != nil {
		if err := share.Take(ctx, measurementSize*len(places)); err != nil {
			return domain.Measurements{}, err
		}
	}
	chosen := make([]domain.Measurement, len(places))
	for i, place := range places {
		chosen[i] = all.Items[place]
	}
	all.Items = chosen
	return all, nil
}
