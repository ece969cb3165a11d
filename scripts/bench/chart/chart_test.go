package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/scripts/bench/report"
)

func written(t *testing.T, size int, p50 float64, names ...string) string {
	t.Helper()
	database := report.Database{Name: "PostgreSQL"}
	for _, name := range names {
		database.Requests = append(database.Requests, report.Request{
			Name: name, Title: "title of " + name, Rounds: []report.Run{{P50MS: p50, P95MS: 2 * p50}},
		})
	}
	path := filepath.Join(t.TempDir(), "report.json")
	if err := (&report.Report{Size: size, Databases: []report.Database{database}}).Write(path); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLinesAreInOrderOfSize(t *testing.T) {
	var reports []*report.Report
	for _, file := range []string{written(t, 100_000, 7, "a", "b"), written(t, 1000, 3, "a")} {
		r, err := report.Read(file)
		if err != nil {
			t.Fatal(err)
		}
		reports = append(reports, r)
	}
	panels := collect(reports)
	if len(panels) != 2 || panels[0].name != "a" || len(panels[0].lines) != 2 || len(panels[1].lines[0].points) != 1 {
		t.Fatalf("%+v", panels)
	}
	line := panels[0].lines[1]
	if line.quantile != slow || line.points[0].X != 1000 || line.points[0].Y != 6 || line.points[1].X != 100_000 || line.points[1].Y != 14 {
		t.Errorf("%+v", line)
	}
}

func TestChartHasAPanelForEachRequest(t *testing.T) {
	out := filepath.Join(t.TempDir(), "chart.svg")
	if err := run(out, []string{written(t, 1000, 3, "a", "b", "c"), written(t, 1_000_000, 7, "a", "b", "c")}); err != nil {
		t.Fatal(err)
	}
	svg, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"<svg", "title of a", "title of b", "title of c", "1,000,000", "PostgreSQL, median", "</svg>"} {
		if !strings.Contains(string(svg), text) {
			t.Errorf("no %q in the chart", text)
		}
	}
	if err := run(out, []string{written(t, 1000, 3)}); err == nil {
		t.Error("a chart of nothing")
	}
}
