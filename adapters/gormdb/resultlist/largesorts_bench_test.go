package resultlist_test

import (
	"crypto/sha256"
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/resultlist"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/ports"
)

// BenchmarkSortsByLargeDocuments lists 300 results of 630 KB by what only the documents say: "reading" keeps
// no keys, as before there were any, "first" begins without keys, and "next" has them. "cpu-ns/op" is the
// processor time of a list, with that of the connections in PostgreSQL.
func BenchmarkSortsByLargeDocuments(b *testing.B) {
	database := storetest.Database(b)
	postgres := func(options ...gormdb.Option) *gormdb.Store { return storetest.Connect(b, database, options...) }
	file := b.TempDir() + "/bench.db"
	storetest.File(b, file)
	sqlite := func(options ...gormdb.Option) *gormdb.Store { return storetest.OpenFile(b, file, options...) }
	for name, open := range map[string]func(...gormdb.Option) *gormdb.Store{"postgres": postgres, "sqlite": sqlite} {
		b.Run(name, func(b *testing.B) { sortsByLargeDocuments(b, open) })
	}
}

func sortsByLargeDocuments(b *testing.B, open func(...gormdb.Option) *gormdb.Store) {
	results := storetest.Results("bench", 300)
	for i, result := range results {
		result.JSON = largeDocument(i)
	}
	kept := open()
	storetest.MustAdd(b, kept, results)
	reading := open(gormdb.WithLists(func(l *resultlist.Lists) { l.SortKeyBytes = 0 }))
	for _, by := range []string{"+json.log", "+json.jobs.700.score", "+json"} {
		q := ports.ResultQuery{ListOptions: storetest.PageRequest(1, 1)}
		q.BenchmarkIDs, q.Sort = []uuid.UUID{results[0].Benchmark.ID}, storetest.SortBy(b, by)
		run := func(name string, store func() *gormdb.Store) {
			b.Run(by+"/"+name, func(b *testing.B) {
				var spent time.Duration
				for range b.N {
					in := store()
					storetest.List(b, in, ports.ResultQuery{ListOptions: storetest.PageRequest(1, 1)}) // connects
					before := spentBy(b, in)
					storetest.List(b, in, q)
					spent += spentBy(b, in) - before
				}
				b.ReportMetric(float64(spent)/float64(b.N), "cpu-ns/op")
			})
		}
		run("reading", func() *gormdb.Store { return reading })
		run("first", func() *gormdb.Store { return open() })
		run("next", func() *gormdb.Store { return kept })
	}
}

// largeDocument has a log of 330 KB that begins with its number, and 8,000 jobs.
func largeDocument(n int) []byte {
	var jobs []string
	for i := range 8000 {
		jobs = append(jobs, fmt.Sprintf(`{"name": "job %d", "score": %d}`, i, (n*7919+i)%1000))
	}
	log := fmt.Sprintf("%d ", n*7919%300)
	for i := range 5500 { // no two lines are alike: PostgreSQL would store them in a few pages
		log += fmt.Sprintf("%x\\n", sha256.Sum224(fmt.Append(nil, n, i)))
	}
	return fmt.Appendf(nil, `{"log": "%s", "jobs": [%s]}`, log, strings.Join(jobs, ","))
}

// spentBy is the processor time of this process, and of the connections in PostgreSQL.
func spentBy(b *testing.B, store *gormdb.Store) (spent time.Duration) {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	spent = time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	if store.DB().Name() != "postgres" {
		return spent
	}
	for _, pid := range storetest.Query[int](b, store, "SELECT pid FROM pg_stat_activity WHERE datname = current_database()") {
		text, err := os.ReadFile(fmt.Sprintf("/proc/%d/schedstat", pid))
		if err != nil {
			continue // the connection has ended, or is on another machine
		}
		var onProcessor int64
		if _, err := fmt.Sscan(string(text), &onProcessor); err != nil {
			b.Fatal(err)
		}
		spent += time.Duration(onProcessor)
	}
	return spent
}
