package service_test

import (
	"context"
	"fmt"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/audit"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// BenchmarkAuditedUpload compares uploads to the embedded database with uploads whose events a
// trigger drops: the difference of cpu-ms/op is what the audit trail costs, entries included. A
// result has 24 indexed paths and 1.5 KB. Sixteen clients for each processor upload at a time.
func BenchmarkAuditedUpload(b *testing.B) {
	for _, c := range []struct{ name, statement string }{
		{"trailed", "SELECT 1"},
		{"untrailed", "CREATE TRIGGER bench_drop BEFORE INSERT ON audit_event BEGIN SELECT RAISE(IGNORE); END"},
	} {
		b.Run(c.name, func(b *testing.B) {
			store := storetest.SQLite(b)
			w := &world{t: b, storage: &storage{Store: store}, tokens: map[string]domain.Identity{}, now: noon}
			needs := w.dependencies()
			needs.Storage = store // without the hooks of tests
			w.Services = service.New(needs)
			user := w.person("user")
			p := w.placeOf(user, "image", "site", "flavor", benchSchema())
			if err := store.DB().Exec(c.statement).Error; err != nil {
				b.Fatal(err)
			}
			var number atomic.Int64
			begun := processorTime(b)
			b.SetParallelism(16)
			b.RunParallel(func(pb *testing.PB) {
				for pb.Next() {
					if _, err := w.Results.Create(b.Context(), user, benchResult(b, number.Add(1), p)); err != nil {
						b.Error(err)
					}
				}
			})
			if err := service.NewTrail(store).Chain(b.Context()); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64((processorTime(b)-begun).Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
	}
}

// BenchmarkChain makes entries of events about uploads. "cpu-ms/op" is the processor time of this process,
// without PostgreSQL's.
func BenchmarkChain(b *testing.B) {
	for name, open := range map[string]func(testing.TB, ...gormdb.Option) *gormdb.Store{
		"postgres": storetest.Postgres, "sqlite": storetest.SQLite,
	} {
		b.Run(name, func(b *testing.B) {
			store := open(b)
			events := make([]domain.Event, b.N)
			for i := range events {
				id, _ := uuid.NewV7()
				events[i] = domain.Event{
					ID: id, At: noon, Role: domain.UploaderRole, Actor: &domain.UserID{Subject: "somebody", Issuer: "https://op.example.org"},
					Action: domain.CreateResult.ID, Resource: domain.ResultResource, ResourceID: id, RequestID: id.String(),
					Address: "192.0.2.1", Changes: audit.Uploaded(strings.Repeat("0", 64)),
				}
			}
			err := store.Do(b.Context(), func(ctx context.Context, r ports.Repos) error { return r.Events.AddAll(ctx, events) })
			if err != nil {
				b.Fatal(err)
			}
			begun := processorTime(b)
			b.ResetTimer()
			if err := service.NewTrail(store).Chain(b.Context()); err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64((processorTime(b)-begun).Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
	}
}

// benchPaths is the number of paths of a document.
const benchPaths = 24

func benchSchema() []byte {
	var properties []string
	for i := range benchPaths {
		properties = append(properties, fmt.Sprintf(`"member_%d":{}`, i))
	}
	return []byte(`{"properties":{` + strings.Join(properties, ",") + `}}`)
}

func benchResult(b *testing.B, number int64, p place) service.NewResult {
	b.Helper()
	var members []string
	for i := range benchPaths {
		members = append(members, fmt.Sprintf(`"member_%d":"%040d"`, i, number*benchPaths+int64(i)))
	}
	value, err := document.Parse(context.Background(), []byte("{"+strings.Join(members, ",")+"}"), document.StoredLimits)
	if err != nil {
		b.Fatal(err)
	}
	return service.NewResult{
		ExecutedAt: service.ExecutionTime{Time: noon.Add(-time.Hour), HasZone: true}, BenchmarkID: p.benchmark.ID, FlavorID: p.flavor.ID,
		Document: value,
	}
}

// processorTime is that of this process until now.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}
