package ui_test

import (
	"bytes"
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

// budget is the size of a page in KB: its HTML, and the same compressed.
type budget struct{ raw, zipped float64 }

// The budgets of the design.
var (
	frontBudget   = budget{15, 4}
	compareBudget = budget{70, 12}
	plotBudget    = budget{72, 14}
	listBudget    = budget{60, 9}
	otherBudget   = budget{40, 8}
)

// Pages have their budgets however many sites, flavors, tags, benchmarks and results there are, and however long names are.
func TestPagesStayInTheirBudgets(t *testing.T) {
	t.Parallel()
	c := newCrowd(t)
	stranger, alice, admin := c.s.Browse(t, ""), c.s.Browse(t, "alice"), c.s.Browse(t, "admin")
	result, _ := c.s.Get("/results?per_page=1").Items(t)[0]["id"].(string)
	benchmark, site, flavor := c.benchmarks[0].ID, c.sites[0].ID, c.flavors[0].ID
	question := "?benchmark=" + crowdBenchmark
	pages := []struct {
		of      *harness.Browser
		path    string
		allowed budget
	}{
		{stranger, "", frontBudget},
		{stranger, "compare" + question, compareBudget},
		{stranger, "compare" + question + "&by=site", compareBudget},
		{stranger, "compare" + question + "&view=spread", compareBudget},
		{stranger, "compare" + question + "&view=plot", plotBudget},
		{stranger, "compare" + question + "&view=plot&color=flavor", plotBudget},
		{stranger, "compare" + question + "&view=trend", plotBudget},
		{stranger, "choose" + question + "&for=compare&of=site", otherBudget},
		{stranger, "choose" + question + "&for=compare&of=base", otherBudget},
		{stranger, "choose" + question + "&for=compare&of=json.machine.cpu.brand_raw", otherBudget},
		{stranger, "choose?for=results&of=site", otherBudget},
		{stranger, "choose?for=results&of=tag", otherBudget},
		{stranger, "results", listBudget},
		{stranger, "results" + question, listBudget},
		{stranger, "results/" + result, otherBudget},
		{stranger, "results/" + result + "/claim", otherBudget},
		{stranger, "benchmarks", otherBudget},
		{stranger, "benchmarks/" + benchmark + "?places=1", otherBudget},
		{stranger, "sites", otherBudget},
		{stranger, "sites/" + site + "?places=1", otherBudget},
		{stranger, "flavors/" + flavor + "?places=1", otherBudget},
		{admin, "upload", otherBudget},
		{admin, "upload?site=" + site, otherBudget},
		{alice, "my", otherBudget},
		{admin, "review", otherBudget},
		{admin, "admin", otherBudget},
		{admin, "admin/users", otherBudget},
		{admin, "admin/outbox", otherBudget},
		{admin, "admin/audit", otherBudget},
		{admin, "admin/settings", otherBudget},
	}
	for _, step := range []struct {
		name string
		make func()
	}{
		{"5 sites", func() { c.grow(t, 5, 30) }},
		{"50 sites", func() { c.grow(t, 50, 300) }},
		{"500 sites", func() { c.grow(t, 500, 3000); c.submit(t, 50) }},
		{"names of 200 characters", func() { c.rename(t, oddName) }},
		{"30 results on a flavor", func() { c.rename(t, usualName); c.repeat(t) }},
	} {
		step.make()
		for _, page := range pages {
			raw, zipped := sizeOf(t, c.s, page.of, page.path)
			line := fmt.Sprintf("%s: /ui/%s has %.1f KB, %.1f compressed; allowed are %g and %g",
				step.name, page.path, raw, zipped, page.allowed.raw, page.allowed.zipped)
			if t.Log(line); raw > page.allowed.raw || zipped > page.allowed.zipped {
				t.Error(line)
			}
		}
	}
}

// sizeOf is the size of a page in KB, and that of the compressed one.
func sizeOf(t *testing.T, s *harness.Server, b *harness.Browser, path string) (raw, zipped float64) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.Base+"/ui/"+path, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	response, err := (&http.Client{Jar: b.Jar()}).Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	page, err := io.ReadAll(response.Body)
	if err != nil || response.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d, %v\n%.2000s", path, response.StatusCode, err, page)
	}
	var compressed bytes.Buffer
	writer := gzip.NewWriter(&compressed)
	if _, err := writer.Write(page); err != nil {
		t.Fatal(err)
	}
	if err := writer.Close(); err != nil {
		t.Fatal(err)
	}
	const kilo = 1024
	return float64(len(page)) / kilo, float64(compressed.Len()) / kilo
}
