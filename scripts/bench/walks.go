package main

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strconv"
	"sync/atomic"

	"github.com/eosc-perf/backend/scripts/bench/dataset"
	"github.com/eosc-perf/backend/scripts/bench/load"
)

// walks returns the kinds that read lists by cursors, that ask for paths, and whose conditions are about
// arrays and units.
func walks() []request {
	return []request{
		{name: "cursor", title: "cursor sorted by JSON, first 20", connections: 1, next: firstPart, goal: "p95 50 ms"},
		{name: "cursordeep", title: "the same cursor, on and on", connections: 1, next: nextPart(), goal: "p95 as the first 20"},
		{name: "arrays", title: "a condition on an array, sort by JSON", connections: 1, next: where(
			"json.machine.cpu.hz_actual[*] > 3000000000", func(r result) bool { return r.JSON.Machine.CPU.Hertz[0] > 3e9 },
		), goal: "p95 20 ms"},
		{name: "units", title: "a condition with a unit, sort by JSON", connections: 1, next: where(
			"json.machine.cpu.l3_cache_size >= 32 MiB", func(r result) bool { return r.JSON.Machine.CPU.Cache != "16384 KiB" },
		), goal: "p95 20 ms"},
		{name: "paths", title: "results:paths of a benchmark", connections: 1, next: paths, goal: ""},
	}
}

// part is what is checked of a part of a list.
type part struct {
	Items      []result
	HasNext    bool   `json:"has_next"`
	NextCursor string `json:"next_cursor"`
}

func partBehind(benchmark int, cursor string, use func(part)) load.Request {
	query := url.Values{
		"benchmark_id": {dataset.IDOf("benchmark", benchmark).String()}, "sort_by": {"+json.result.score"},
		"per_page": {strconv.Itoa(smallPage)}, "cursor": {cursor},
	}
	return get("/results?"+query.Encode(), func(body []byte) error {
		var p part
		if err := json.Unmarshal(body, &p); err != nil {
			return err
		}
		if p.HasNext && len(p.Items) != smallPage {
			return fmt.Errorf("%d results before the end of the list, want %d", len(p.Items), smallPage)
		}
		for i := 1; i < len(p.Items); i++ {
			if byScore(p.Items[i-1], p.Items[i]) > 0 {
				return fmt.Errorf("result %s is before %s", p.Items[i-1].ID, p.Items[i].ID)
			}
		}
		use(p)
		return nil
	})
}

func firstPart(random *rand.Rand) load.Request { return partBehind(usual(random), "", func(part) {}) }

// nextPart reads the list of one benchmark part by part, and begins again at its end.
func nextPart() func(*rand.Rand) load.Request {
	var next atomic.Pointer[string]
	return func(*rand.Rand) load.Request {
		cursor := ""
		if last := next.Load(); last != nil {
			cursor = *last
		}
		return partBehind(1, cursor, func(p part) { next.Store(&p.NextCursor) })
	}
}

// where reads the first page of a benchmark's results that satisfy the condition.
func where(condition string, holds func(result) bool) func(*rand.Rand) load.Request {
	return func(random *rand.Rand) load.Request {
		benchmark := usual(random)
		query := url.Values{
			"benchmark_id": {dataset.IDOf("benchmark", benchmark).String()}, "sort_by": {"+json.result.score"}, "where": {condition},
			"per_page": {strconv.Itoa(smallPage)},
		}
		return get("/results?"+query.Encode(), checkResults(func(r results) error {
			return r.is(smallPage, r.Total, byScore, holds)
		}))
	}
}

// paths asks what the documents of a benchmark contain.
func paths(random *rand.Rand) load.Request {
	query := url.Values{"benchmark_id": {dataset.IDOf("benchmark", usual(random)).String()}, "per_page": {"20"}}
	return get("/results:paths?"+query.Encode(), func(body []byte) error {
		var p struct{ Total int }
		if err := json.Unmarshal(body, &p); err != nil {
			return err
		}
		if p.Total == 0 {
			return fmt.Errorf("there are no paths: %.300s", body)
		}
		return nil
	})
}
