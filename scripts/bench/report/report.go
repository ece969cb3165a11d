// Package report writes the figures of a run of the benchmark: a JSON file for the chart,
// and a table for people.
//
// It imports the standard library only.
package report

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
)

// Report has the figures of one run.
type Report struct {
	// Begun is the start of the run, in RFC 3339 and UTC.
	Begun string `json:"begun"`
	// Revision is the revision of the source, in the form of git describe.
	Revision string  `json:"revision"`
	Machine  Machine `json:"machine"`
	// Size is the number of results in the database.
	Size int `json:"size"`
	// Rounds is the number of rounds, and Seconds the duration of each kind of request in a
	// round.
	Rounds    int        `json:"rounds"`
	Seconds   float64    `json:"seconds"`
	Databases []Database `json:"databases"`
}

// Machine describes the machine of the run.
type Machine struct {
	Processor string `json:"processor"`
	Cores     int    `json:"cores"`
	MemoryMB  int    `json:"memory_mb"`
	System    string `json:"system"`
	// Load is the load average of the minute before the run.
	Load float64 `json:"load"`
}

// Database has the figures of one database.
type Database struct {
	Name string `json:"name"`
	// Version and Settings describe the database.
	Version     string   `json:"version"`
	Settings    []string `json:"settings,omitempty"`
	FillSeconds float64  `json:"fill_seconds"`
	SizeMB      float64  `json:"size_mb"`
	// StartsMS are the times in milliseconds from the start of the server to the first
	// answer that needs the database.
	StartsMS []float64 `json:"starts_ms"`
	// PeakMB is the largest memory of the server during the run, in MB.
	PeakMB   float64   `json:"peak_mb"`
	Requests []Request `json:"requests"`
	// Exports are empty if they were not measured.
	Exports []Export `json:"exports,omitempty"`
}

// Export has the figures of one file with all results.
type Export struct {
	Format  string  `json:"format"`
	Rows    int     `json:"rows"`
	Seconds float64 `json:"seconds"`
	MB      float64 `json:"mb"`
	// PeakMB is the largest memory of the server, which was started for this export, in MB.
	PeakMB float64 `json:"peak_mb"`
}

// Request has the figures of one kind of request.
type Request struct {
	Name        string `json:"name"`
	Title       string `json:"title"`
	Connections int    `json:"connections"`
	// Goal is what the request should reach, for people.
	Goal   string `json:"goal,omitempty"`
	Rounds []Run  `json:"rounds"`
}

// Run has the figures of one round of a kind of request.
type Run struct {
	Requests int `json:"requests"`
	// Checked is the number of answers whose content was checked.
	Checked  int     `json:"checked"`
	Failures int     `json:"failures"`
	Rate     float64 `json:"requests_per_second"`
	P50MS    float64 `json:"p50_ms"`
	P95MS    float64 `json:"p95_ms"`
	P99MS    float64 `json:"p99_ms"`
	// ServerMS and DatabaseMS are the processor times for each request, in milliseconds. The
	// time of an embedded database is part of ServerMS. A negative time could not be read.
	ServerMS   float64 `json:"server_cpu_ms"`
	DatabaseMS float64 `json:"database_cpu_ms"`
	// AnswerBytes is the mean size of the body of an answer.
	AnswerBytes float64 `json:"answer_bytes"`
	// PgbenchRate is the rate of the statement with pgbench, 0 if there is none.
	PgbenchRate float64 `json:"pgbench_per_second"`
	// BareRate is the rate of a program that runs only the statement for each request, 0 if
	// it was not measured.
	BareRate float64 `json:"bare_per_second"`
}

// Ratio returns the rate divided by the rate of pgbench, 0 if there is none.
func (r Run) Ratio() float64 {
	if r.PgbenchRate == 0 {
		return 0
	}
	return r.Rate / r.PgbenchRate
}

// Median returns the median of the values of the rounds (the lower of two), the least and
// the greatest.
func (r Request) Median(value func(Run) float64) (median, least, greatest float64) {
	if len(r.Rounds) == 0 {
		return 0, 0, 0
	}
	values := make([]float64, len(r.Rounds))
	for i, run := range r.Rounds {
		values[i] = value(run)
	}
	slices.Sort(values)
	return values[(len(values)-1)/2], values[0], values[len(values)-1]
}

// Write writes the report to a file.
func (r *Report) Write(path string) error {
	text, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return fmt.Errorf("encode the report: %w", err)
	}
	return os.WriteFile(path, append(text, '\n'), 0o644) //nolint:gosec // everybody may read it
}

// Read reads the report in a file.
func Read(path string) (*Report, error) {
	text, err := os.ReadFile(path) //nolint:gosec // whoever runs the program chooses it
	if err != nil {
		return nil, err
	}
	r := &Report{}
	if err := json.Unmarshal(text, r); err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	return r, nil
}
