// Command bench measures the speed of the server in relation to PostgreSQL itself.
//
// It fills a database, starts the real server on it, sends requests of all kinds, and runs
// the statement of each kind with pgbench.
// docs/how-to/measure.md explains how to use it and what the figures mean.
package main

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/eosc-perf/backend/scripts/bench/dataset"
	"github.com/eosc-perf/backend/scripts/bench/report"
)

func main() {
	ctx, cancel := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx)
	cancel()
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context) error {
	o, err := readOptions(os.LookupEnv)
	if err != nil {
		return err
	}
	folder, err := os.MkdirTemp("", "bench.")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(folder) }() // the folder is temporary
	r := &report.Report{
		Begun: time.Now().UTC().Format(time.RFC3339), Revision: revision(ctx), Machine: machine(),
		Size: o.size, Rounds: o.rounds, Seconds: o.seconds,
	}
	b := &bench{options: o, report: r, counts: count(o.size)}
	err = b.measure(ctx, folder)
	b.stop()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(o.out), 0o755); err != nil { //nolint:gosec // everybody may read it
		return err
	}
	if err := r.Write(o.out); err != nil {
		return err
	}
	fmt.Printf("\n%s\nwritten to %s\n", r.Text(), o.out)
	return b.verdict()
}

// count makes the whole data set once, to count the totals of its lists.
func count(size int) dataset.Counts {
	var counts dataset.Counts
	for n := range size {
		counts.Add(dataset.At(n))
	}
	return counts
}

// bench is a run of the benchmark.
type bench struct {
	options  options
	report   *report.Report
	counts   dataset.Counts
	subjects []*subject
	failures []string
}

func (b *bench) measure(ctx context.Context, folder string) error {
	for _, name := range b.options.databases {
		s := &subject{}
		b.subjects = append(b.subjects, s) // before its server starts, so that the server is stopped in any case
		if err := b.prepare(ctx, s, name, filepath.Join(folder, name)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	for round := range b.options.rounds {
		for _, s := range b.subjects {
			for i := range s.requests {
				if err := b.round(ctx, s, i, round); err != nil {
					return fmt.Errorf("%s, %s: %w", s.database.name(), s.requests[i].name, err)
				}
			}
		}
	}
	for _, s := range b.subjects {
		var err error
		if s.report.PeakMB, err = peakMB(s.server.process.Process.Pid); err != nil {
			return err
		}
		if b.options.wanted(exportName) {
			if err := b.exports(ctx, s); err != nil {
				return fmt.Errorf("%s: %w", s.database.name(), err)
			}
		}
		b.report.Databases = append(b.report.Databases, s.report)
	}
	return nil
}

func (b *bench) stop() {
	for _, s := range b.subjects {
		if s.server != nil {
			if err := s.server.stop(); err != nil {
				b.failures = append(b.failures, err.Error())
			}
		}
	}
}

// verdict returns an error if an answer was wrong.
func (b *bench) verdict() error {
	if len(b.failures) == 0 {
		return nil
	}
	const shown = 10
	return fmt.Errorf("%d wrong answers, among them:\n%q", len(b.failures), b.failures[:min(shown, len(b.failures))])
}

// prepare fills a database and starts a server on it.
func (b *bench) prepare(ctx context.Context, s *subject, name, folder string) error {
	if b.options.keep != "" {
		folder = filepath.Join(b.options.keep, fmt.Sprintf("%s-%d", name, b.options.size))
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	switch name {
	case "postgres":
		p, err := newPostgres(ctx, b.options, folder)
		if err != nil {
			return err
		}
		s.database = p
	default:
		s.database = newEmbedded(b.options.bin, folder)
	}
	if err := s.fill(ctx, b.options.size); err != nil {
		return err
	}
	for range b.options.starts {
		if err := s.restart(ctx); err != nil {
			return err
		}
	}
	if err := s.settle(ctx); err != nil {
		return err
	}
	token, err := s.server.token(ctx)
	if err != nil {
		return err
	}
	s.requests = slices.DeleteFunc(requests(b.options.size, b.counts, token), func(r request) bool { return !b.options.wanted(r.name) })
	for _, r := range s.requests {
		s.report.Requests = append(s.report.Requests, report.Request{Name: r.name, Title: r.title, Connections: r.connections, Goal: r.goal})
	}
	return nil
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

func progress(format string, values ...any) {
	fmt.Fprintf(os.Stderr, "%s "+format+"\n", append([]any{time.Now().Format(time.TimeOnly)}, values...)...)
}

func revision(ctx context.Context) string {
	out, err := exec.CommandContext(ctx, "git", "describe", "--tags", "--always", "--dirty").Output()
	if err != nil {
		return "unknown"
	}
	return string(out[:len(out)-1])
}
