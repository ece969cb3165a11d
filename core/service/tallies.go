package service

import (
	"bytes"
	"cmp"
	"context"
	"slices"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// BenchmarkTally is how many results of a benchmark count.
type BenchmarkTally struct {
	BenchmarkID uuid.UUID
	Results     int
}

// Tallies are how many results count, by benchmark and by flavor.
type Tallies struct {
	// Benchmarks are those with results, that with the most results first.
	Benchmarks []BenchmarkTally
	// Flavors are the numbers of results by flavor.
	Flavors map[uuid.UUID]int
}

// CountBySite counts the visible results of each of the sites; those without any are not in the answer.
func (s *Results) CountBySite(ctx context.Context, caller domain.Caller, siteIDs []uuid.UUID) (map[uuid.UUID]int, error) {
	if err := caller.May(domain.ListResults); err != nil {
		return nil, err
	}
	return s.storage.Repos().Results.CountBySite(ctx, siteIDs)
}

// Tally counts the visible results that a question chooses by benchmark and by flavor.
func (s *Results) Tally(ctx context.Context, caller domain.Caller, q ports.ResultQuery) (Tallies, error) {
	all := Tallies{Flavors: map[uuid.UUID]int{}}
	if err := caller.May(domain.ListResults); err != nil {
		return all, err
	}
	counts, err := s.storage.Repos().Results.Tally(ctx, q)
	if err != nil {
		return all, err
	}
	places := map[uuid.UUID]int{}
	for _, count := range counts {
		i, known := places[count.BenchmarkID]
		if !known {
			i = len(all.Benchmarks)
			places[count.BenchmarkID] = i
			all.Benchmarks = append(all.Benchmarks, BenchmarkTally{BenchmarkID: count.BenchmarkID})
		}
		all.Benchmarks[i].Results += count.Results
		all.Flavors[count.FlavorID] += count.Results
	}
	slices.SortFunc(all.Benchmarks, func(a, b BenchmarkTally) int {
		return cmp.Or(cmp.Compare(b.Results, a.Results), bytes.Compare(a.BenchmarkID[:], b.BenchmarkID[:]))
	})
	return all, nil
}
