package comparison_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/statistics"
)

// manyMeasurements are like those of a benchmark of 500 flavors at 50 sites, sorted by id.
func manyMeasurements(n int) domain.Measurements {
	const sites, flavors = 50, 500
	of := domain.Measurements{
		Benchmarks: map[uuid.UUID]*domain.Benchmark{}, Sites: map[uuid.UUID]*domain.Site{}, Flavors: map[uuid.UUID]*domain.Flavor{},
	}
	id := func(kind string, i int) uuid.UUID { return uuid.NewSHA1(uuid.Nil, fmt.Appendf(nil, "%s:%d", kind, i)) }
	benchmark := id("benchmark", 0)
	of.Benchmarks[benchmark] = &domain.Benchmark{ID: benchmark, DockerImage: "eosc-perf/app", DockerTag: "1.0"}
	siteIDs, flavorIDs := make([]uuid.UUID, sites), make([]uuid.UUID, flavors)
	for i := range sites {
		siteIDs[i] = id("site", i)
		of.Sites[siteIDs[i]] = &domain.Site{ID: siteIDs[i], Name: fmt.Sprintf("centre-%02d", i)}
	}
	for i := range flavors {
		flavorIDs[i] = id("flavor", i)
		of.Flavors[flavorIDs[i]] = &domain.Flavor{ID: flavorIDs[i], Name: fmt.Sprintf("flavor-%03d", i)}
	}
	random := rand.New(rand.NewPCG(1, 2))
	begin := time.Date(2021, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range n {
		flavor := random.IntN(flavors)
		executed := begin.Add(time.Duration(random.Int64N(int64(3 * 365 * 24 * time.Hour)))).Truncate(time.Microsecond)
		of.Items = append(of.Items, domain.Measurement{
			ResultID: id("result", i), BenchmarkID: benchmark, SiteID: siteIDs[flavor/10], FlavorID: flavorIDs[flavor],
			Uploader:   domain.UserID{Subject: fmt.Sprint("person-", random.IntN(20)), Issuer: "https://bench.invalid"},
			UploadedAt: executed.Add(time.Hour), ExecutedAt: executed, HasValue: true,
			Value: math.Round(1e4*math.Pow(10, 3*random.Float64())) / 1e3, Label: fmt.Sprint("processor ", random.IntN(4)),
		})
	}
	slices.SortFunc(of.Items, func(a, b domain.Measurement) int { return slices.Compare(a.ResultID[:], b.ResultID[:]) })
	return of
}

func questionBy(dimension comparison.Dimension) comparison.Question {
	return comparison.Question{
		Metric:  domain.Metric{Path: "result.score", Unit: "s", Better: domain.LowerBetter, Materiality: 0.02},
		GroupBy: []comparison.Dimension{dimension}, Now: time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC),
	}
}

func BenchmarkCompare(b *testing.B) {
	of := manyMeasurements(50_000)
	for _, dimension := range []comparison.Dimension{comparison.ByFlavor, comparison.BySite} {
		b.Run(string(dimension), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, err := comparison.Compare(b.Context(), comparison.CompareQuestion{
					Question: questionBy(dimension), Alpha: 0.05, Correction: statistics.FalseDiscovery,
					Page: domain.PageRequest{Number: 1, Size: 100},
				}, of)
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDistribute(b *testing.B) {
	of := manyMeasurements(50_000)
	b.ReportAllocs()
	for b.Loop() {
		question := comparison.DistributionQuestion{Question: questionBy(comparison.BySite)}
		if _, err := comparison.Distribute(b.Context(), question, of); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkFollow(b *testing.B) {
	of := manyMeasurements(50_000)
	b.ReportAllocs()
	for b.Loop() {
		q := comparison.TrendQuestion{Question: questionBy(comparison.BySite), Interval: comparison.Monthly}
		if _, err := comparison.Follow(b.Context(), q, of); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPlot(b *testing.B) {
	of := manyMeasurements(20_000)
	b.ReportAllocs()
	for b.Loop() {
		q := comparison.SeriesQuestion{Question: questionBy(comparison.BySite), X: "execution_datetime", Limit: 2000}
		if _, err := comparison.Plot(b.Context(), q, of); err != nil {
			b.Fatal(err)
		}
	}
}

// The citation of a list identifies all its results.
func BenchmarkTally(b *testing.B) {
	for _, n := range []int{10_000, 1_000_000} {
		ids := make([]uuid.UUID, n)
		for i := range ids {
			ids[i] = uuid.NewSHA1(uuid.Nil, fmt.Append(nil, i))
		}
		slices.SortFunc(ids, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) })
		b.Run(fmt.Sprintf("%d results", n), func(b *testing.B) {
			for b.Loop() {
				all := comparison.NewTally()
				for _, id := range ids {
					all.Add(id, time.Unix(0, 0))
				}
				if all.Basis().Results != n {
					b.Fatal("results are missing")
				}
			}
		})
	}
}
