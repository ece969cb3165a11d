package service

import (
	"context"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
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

	mutex sync.Mutex
	// recent are the most recently used first.
	recent []*keptValues
}

// keptValues are all measurements for a query that only names benchmarks, metrics and paths.
type keptValues struct {
	query   ports.MeasurementQuery
	version ports.DataVersion
	at      time.Time
	items   domain.Measurements
	mixed   bool
	// bytes is about what the items take in memory.
	bytes int
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
	all := q
	all.ResultQuery = ports.ResultQuery{BenchmarkIDs: q.BenchmarkIDs}
	if kept := v.find(all, version); kept != nil {
		items, err = chosenOf(ctx, kept.items, q.ResultQuery)
		return items, kept.mixed, err
	}
	items, mixed, err = measure()
	if err == nil && items.Complete && items.Deriving == nil {
		v.keep(&keptValues{all, version, v.clock.Now(), items, mixed, sizeOf(items.Items)})
	}
	return items, mixed, err
}

// choosesByRows tells whether measurements themselves tell which of them the query chooses.
func choosesByRows(q ports.ResultQuery) bool {
	return q.Uploader == nil && q.State == nil && q.Where == nil && len(q.Filters) == 0 && len(q.TagIDs) == 0 && len(q.Terms) == 0
}

// find returns what is kept for the query, nil for nothing.
func (v *values) find(q ports.MeasurementQuery, version ports.DataVersion) *keptValues {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	i := slices.IndexFunc(v.recent, func(kept *keptValues) bool { return reflect.DeepEqual(kept.query, q) })
	if i < 0 {
		return nil
	}
	kept := v.recent[i]
	v.recent = slices.Delete(v.recent, i, i+1)
	if kept.version != version || v.clock.Now().Sub(kept.at) > maxAnswerAge {
		return nil
	}
	v.recent = slices.Insert(v.recent, 0, kept)
	return kept
}

// keep keeps the measurements in the place of older ones.
func (v *values) keep(one *keptValues) {
	v.mutex.Lock()
	defer v.mutex.Unlock()
	v.recent = slices.DeleteFunc(v.recent, func(kept *keptValues) bool { return reflect.DeepEqual(kept.query, one.query) })
	v.recent = slices.Insert(v.recent, 0, one)
	bytes := 0
	for i, kept := range v.recent {
		if bytes += kept.bytes; bytes > mostValueBytes {
			v.recent = slices.Delete(v.recent, i, len(v.recent))
			return
		}
	}
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
