package report

import (
	"path/filepath"
	"strings"
	"testing"
)

var example = Report{Size: 1000, Rounds: 3, Seconds: 5, Databases: []Database{
	{Name: "PostgreSQL", StartsMS: []float64{81.4, 90}, Requests: []Request{{Title: "results", Connections: 16, Rounds: []Run{
		{Rate: 300, P95MS: 9, ServerMS: 1, PgbenchRate: 600},
		{Rate: 100, P95MS: 30, ServerMS: 3, PgbenchRate: 500},
		{Rate: 200, P95MS: 10, ServerMS: 2, PgbenchRate: 500},
	}}}},
	{Name: "embedded", Requests: []Request{{Title: "results", Connections: 16, Rounds: []Run{{Rate: 5, Requests: 60, Failures: 10}}}}},
}}

func TestMedianAndSpread(t *testing.T) {
	for _, c := range []struct {
		rates                   []float64
		median, least, greatest float64
	}{
		{nil, 0, 0, 0}, {[]float64{5}, 5, 5, 5}, {[]float64{9, 1}, 1, 1, 9}, {[]float64{9, 1, 4}, 4, 1, 9},
	} {
		var r Request
		for _, rate := range c.rates {
			r.Rounds = append(r.Rounds, Run{Rate: rate})
		}
		median, least, greatest := r.Median(func(run Run) float64 { return run.Rate })
		if median != c.median || least != c.least || greatest != c.greatest {
			t.Errorf("%v: %v (%v-%v)", c.rates, median, least, greatest)
		}
	}
}

func TestTable(t *testing.T) {
	text := example.Text()
	rows := strings.Split(text, "\n")
	squeezed := make([]string, len(rows))
	for i, row := range rows {
		squeezed[i] = strings.Join(strings.Fields(row), " ")
	}
	for _, want := range []string{
		"| PostgreSQL | results | 16 | 200 (100-300) | | 10.0 (9.0-30.0) | | 2.00 | | 500 (500-600) | 0.40 (0.20-0.50) |",
		"WRONG: embedded, results, round 1: 10 of 60 answers",
		"| embedded | results | 16 | 5.0 | | | | | | | |",
	} {
		if !strings.Contains(strings.Join(squeezed, "\n"), want) {
			t.Errorf("no row %q in\n%s", want, text)
		}
	}
	if !strings.Contains(text, "first answer after 81, 90 ms") {
		t.Errorf("no time of start in\n%s", text)
	}
}

func TestWrittenReportsAreReadAgain(t *testing.T) {
	path := filepath.Join(t.TempDir(), "r.json")
	if err := example.Write(path); err != nil {
		t.Fatal(err)
	}
	r, err := Read(path)
	if err != nil || r.Text() != example.Text() {
		t.Errorf("%v\n%+v", err, r)
	}
	if _, err := Read(path + "x"); err == nil {
		t.Error("read what is not there")
	}
}
