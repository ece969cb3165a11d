package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/eosc-perf/backend/scripts/bench/dataset"
)

// benchmark, site and result are the checked parts of answers.
type benchmark struct {
	ID          string          `json:"id"`
	DockerImage string          `json:"docker_image"`
	JSONSchema  json.RawMessage `json:"json_schema"`
}

type site struct {
	Name string `json:"name"`
}

type result struct {
	ID        string `json:"id"`
	Executed  string `json:"execution_datetime"`
	Benchmark benchmark
	Site      site
	Flavor    struct{ ID string }
	Tags      []struct{ ID string }
	JSON      struct {
		Machine struct {
			CPU struct {
				Count int
				Hertz []float64 `json:"hz_actual"`
				Cache string    `json:"l3_cache_size"`
			}
		}
		Result struct{ Score float64 }
	}
}

type page[T any] struct {
	Items []T
	Total int
}

type results struct{ page[result] }

// checkResults decodes a page of results for a check.
func checkResults(check func(results) error) func([]byte) error {
	return func(body []byte) error {
		var r results
		if err := json.Unmarshal(body, &r); err != nil {
			return err
		}
		return check(r)
	}
}

// byExecution and byScore are orders. Equal results are ordered by their ids.
func byExecution(a, b result) int {
	return strings.Compare(padded(a.Executed)+a.ID, padded(b.Executed)+b.ID)
}

func byScore(a, b result) int {
	switch {
	case a.JSON.Result.Score < b.JSON.Result.Score:
		return -1
	case a.JSON.Result.Score > b.JSON.Result.Score:
		return 1
	default:
		return strings.Compare(a.ID, b.ID)
	}
}

// padded returns a time with all digits. The API leaves out fractions of zero.
func padded(datetime string) string {
	if strings.Contains(datetime, ".") {
		return datetime
	}
	return datetime + ".000000"
}

// is returns an error if the number of items, the total or the order is wrong, or an item
// does not belong to the page.
func (r results) is(items, total int, order func(a, b result) int, belongs ...func(result) bool) error {
	if len(r.Items) != items || r.Total != total {
		return fmt.Errorf("%d items of %d, want %d of %d", len(r.Items), r.Total, items, total)
	}
	if !slices.IsSortedFunc(r.Items, order) {
		return fmt.Errorf("%d items are not in order", items)
	}
	for _, item := range r.Items {
		if item.ID == "" || len(item.Benchmark.JSONSchema) == 0 || item.Flavor.ID == "" || item.Tags == nil {
			return fmt.Errorf("item %+v is not complete", item)
		}
		for _, b := range belongs {
			if !b(item) {
				return fmt.Errorf("item %s does not belong on the page", item.ID)
			}
		}
	}
	return nil
}

func isResult(body []byte, want dataset.Result) error {
	var got result
	if err := json.Unmarshal(body, &got); err != nil {
		return err
	}
	if got.ID != want.ID.String() || len(got.Tags) != len(want.Tags) {
		return fmt.Errorf("result %s with %d tags, want %s with %d", got.ID, len(got.Tags), want.ID, len(want.Tags))
	}
	return isOf(got, want)
}

// isUpload compares the stored result with the result that was sent. Its id is new.
func isUpload(body []byte, want dataset.Result) error {
	var got result
	if err := json.Unmarshal(body, &got); err != nil {
		return err
	}
	if got.ID == "" || len(got.Tags) != 1 {
		return fmt.Errorf("id %q, %d tags", got.ID, len(got.Tags))
	}
	return isOf(got, want)
}

func isOf(got result, want dataset.Result) error {
	schema := dataset.Schema(want.Benchmark)
	switch {
	case got.JSON.Machine.CPU.Count != want.Cores || got.JSON.Result.Score != want.Score:
		return fmt.Errorf("document %+v, want %s", got.JSON, want.JSON)
	case got.Flavor.ID != dataset.IDOf("flavor", want.Flavor).String() || got.Site.Name != dataset.SiteName(dataset.SiteOf(want.Flavor)):
		return fmt.Errorf("flavor %s at %s, want number %d", got.Flavor.ID, got.Site.Name, want.Flavor)
	case padded(got.Executed) != want.Executed.Format("2006-01-02T15:04:05.000000"):
		return fmt.Errorf("executed %s, want %s", got.Executed, want.Executed)
	case !bytes.Equal(got.Benchmark.JSONSchema, schema):
		return fmt.Errorf("schema %s, want %s", got.Benchmark.JSONSchema, schema)
	}
	return nil
}

func isBenchmarks(body []byte) error {
	var got page[benchmark]
	if err := json.Unmarshal(body, &got); err != nil {
		return err
	}
	if got.Total != dataset.Benchmarks || len(got.Items) != dataset.Benchmarks {
		return fmt.Errorf("%d benchmarks of %d", len(got.Items), got.Total)
	}
	for n, b := range got.Items {
		if b.DockerImage != dataset.Image(n) || !bytes.Equal(b.JSONSchema, dataset.Schema(n)) {
			return fmt.Errorf("benchmark %d is %s", n, b.DockerImage)
		}
	}
	return nil
}

func isSites(body []byte, city string) error {
	var got page[site]
	if err := json.Unmarshal(body, &got); err != nil {
		return err
	}
	if want := dataset.Sites / len(dataset.Cities); got.Total != want || len(got.Items) != want {
		return fmt.Errorf("%d sites of %d, want %d", len(got.Items), got.Total, want)
	}
	for _, s := range got.Items {
		if !strings.HasSuffix(s.Name, city) {
			return fmt.Errorf("site %s is not in %s", s.Name, city)
		}
	}
	return nil
}
