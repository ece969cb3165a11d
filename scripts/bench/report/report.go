// Package report is what a run of the benchmark writes down: a JSON file for the
// chart, and a table for people.
//
// It imports the standard library only.
package report

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"
)

// Report is one run.
type Report struct {
	// Begun is RFC 3339 in UTC.
	Begun string `json:"begun"`
	// Revision is the source's, as git describes it.
	Revision string  `json:"revision"`
	Machine  Machine `json:"machine"`
	// Size is the number of results in the database.
	Size int `json:"size"`
	// Rounds and Seconds are how often, and how long each time, a request was sent.
	Rounds    int        `json:"rounds"`
	Seconds   float64    `json:"seconds"`
	Databases []Database `json:"databases"`
}

// Machine is where the run was.
type Machine struct {
	Processor string `json:"processor"`
	Cores     int    `json:"cores"`
	MemoryMB  int    `json:"memory_mb"`
	System    string `json:"system"`
	// Load is the load average of the minute before the run: what else went on.
	Load float64 `json:"load"`
}

// Database is one of those that the server ran on.
type Database struct {
	Name string `json:"name"`
	// Version and Settings are the database's own.
	Version     string   `json:"version"`
	Settings    []string `json:"settings,omitempty"`
	FillSeconds float64  `json:"fill_seconds"`
	SizeMB      float64  `json:"size_mb"`
	// StartsMS are the milliseconds from the start of the server to the first
	// answer that needs the database.
	StartsMS []float64 `json:"starts_ms"`
	// PeakMB is the most memory that the server had in all of the run.
	PeakMB   float64   `json:"peak_mb"`
	Requests []Request `json:"requests"`
}

// Request is one kind of request.
type Request struct {
	Name        string `json:"name"`
	Title       string `json:"title"`
	Connections int    `json:"connections"`
	Rounds      []Run  `json:"rounds"`
}

// Run is one round of a kind of request.
type Run struct {
	Requests int `json:"requests"`
	// Checked are the answers whose content was looked at.
	Checked  int     `json:"checked"`
	Failures int     `json:"failures"`
	Rate     float64 `json:"requests_per_second"`
	P50MS    float64 `json:"p50_ms"`
	P95MS    float64 `json:"p95_ms"`
	P99MS    float64 `json:"p99_ms"`
	// ServerMS and DatabaseMS are processor time per request; that of an embedded
	// database is the server's, and negative says that it could not be read.
	ServerMS   float64 `json:"server_cpu_ms"`
	DatabaseMS float64 `json:"database_cpu_ms"`
	// AnswerBytes is the mean size of a body.
	AnswerBytes float64 `json:"answer_bytes"`
	// PgbenchRate is that of the same statement, 0 where there is none.
	PgbenchRate float64 `json:"pgbench_per_second"`
	// BareRate is that of a program that does nothing else than that statement for
	// each request, 0 where it was not asked.
	BareRate float64 `json:"bare_per_second"`
}

// Ratio is the rate in relation to that of the statement, 0 where there is none.
func (r Run) Ratio() float64 {
	if r.PgbenchRate == 0 {
		return 0
	}
	return r.Rate / r.PgbenchRate
}

// Median is the middle one of the rounds' values, the lower of two, and the least
// and the greatest.
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
