package derived_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/domain"
)

// BenchmarkUpload adds results with 24 indexed paths to the embedded database, one by one and 16 at
// a time. "cpu-ns/op" is the processor time, which other programs on the machine disturb less.
func BenchmarkUpload(b *testing.B) {
	for _, together := range []int{1, 16} {
		b.Run(fmt.Sprint(together), func(b *testing.B) { uploads(b, together) })
	}
}

func uploads(b *testing.B, together int) {
	store := storetest.SQLite(b)
	first := storetest.Results("a", 1)
	var properties []string
	for i := range 24 {
		properties = append(properties, fmt.Sprintf(`"p%d":{}`, i))
	}
	first[0].Benchmark.JSONSchema = []byte(`{"properties":{` + strings.Join(properties, ",") + `}}`)
	storetest.MustAdd(b, store, first)
	var n atomic.Int64
	b.SetParallelism(together)
	began := processorTime(b)
	b.ResetTimer()
	b.RunParallel(func(p *testing.PB) {
		for p.Next() {
			result := *first[0]
			result.ID, _ = uuid.NewV7()
			result.Digest = fmt.Sprint(n.Add(1))
			result.JSON = randomDocument()
			event := domain.Event{ID: uuid.New(), Action: domain.CreateResult.ID, Resource: domain.ResultResource, ResourceID: result.ID}
			if err := store.Repos().Results.Add(b.Context(), &result, event); err != nil {
				b.Error(err)
				return
			}
		}
	})
	b.ReportMetric(float64(processorTime(b)-began)/float64(b.N), "cpu-ns/op")
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
