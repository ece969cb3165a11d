package derived_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/domain"
)

// BenchmarkUpload adds results with 24 indexed paths to the embedded database: one by one, 16 at a time,
// and in batches of 100. "cpu-ns/op" is the processor time of a result, which other programs on the
// machine disturb less.
func BenchmarkUpload(b *testing.B) {
	for _, together := range []int{1, 16} {
		b.Run(fmt.Sprint(together), func(b *testing.B) { uploads(b, together) })
	}
	b.Run("batch", batches)
	b.Run("large", large)
}

// large adds results of 1 MB, one after the other.
func large(b *testing.B) {
	store := storetest.SQLite(b)
	next := newResults(b, store)
	text := strings.Repeat("abcdefghij", 1e5)
	began := processorTime(b)
	b.ResetTimer()
	for range b.N {
		result, event := next()
		result.JSON = append(bytes.TrimSuffix(result.JSON, []byte("}")), `,"text":"`+text+`"}`...)
		if err := store.Repos().Results.Add(b.Context(), result, event); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(processorTime(b)-began)/float64(b.N), "cpu-ns/op")
}

func uploads(b *testing.B, together int) {
	store := storetest.SQLite(b)
	next := newResults(b, store)
	b.SetParallelism(together)
	began := processorTime(b)
	b.ResetTimer()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			result, event := next()
			if err := store.Repos().Results.Add(b.Context(), result, event); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(processorTime(b)-began)/float64(b.N), "cpu-ns/op")
}

func batches(b *testing.B) {
	const size = 100
	store := storetest.SQLite(b)
	next := newResults(b, store)
	began := processorTime(b)
	b.ResetTimer()
	for done := 0; done < b.N; done += size {
		var list []*domain.Result
		var events []domain.Event
		for range min(size, b.N-done) {
			result, event := next()
			list, events = append(list, result), append(events, event)
		}
		if _, err := store.Repos().Results.AddAll(b.Context(), list, events...); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(processorTime(b)-began)/float64(b.N), "cpu-ns/op")
}

// newResults stores a benchmark, and returns a function that makes results of it.
func newResults(b *testing.B, store *gormdb.Store) func() (*domain.Result, domain.Event) {
	b.Helper()
	first := storetest.Results("a", 1)
	var properties []string
	for i := range 24 {
		properties = append(properties, fmt.Sprintf(`"p%d":{}`, i))
	}
	first[0].Benchmark.JSONSchema = []byte(`{"properties":{` + strings.Join(properties, ",") + `}}`)
	storetest.MustAdd(b, store, first)
	var n atomic.Int64
	return func() (*domain.Result, domain.Event) {
		result := *first[0]
		result.ID, _ = uuid.NewV7()
		result.Digest = fmt.Sprint(n.Add(1))
		result.JSON = randomDocument()
		return &result, domain.Event{ID: uuid.New(), Action: domain.CreateResult.ID, Resource: domain.ResultResource, ResourceID: result.ID}
	}
}

// randomDocument has a number at each path, a third of them different in each document.
func randomDocument() []byte {
	var members []string
	for i := range 24 {
		value := rand.IntN(10) //nolint:gosec // no secret
		if i%3 == 0 {
			value = rand.IntN(1e6) //nolint:gosec // no secret
		}
		members = append(members, fmt.Sprintf(`"p%d":%d.%d`, i, value, i))
	}
	return []byte(`{` + strings.Join(members, ",") + `}`)
}

// processorTime is that of this process so far.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}
