// Command bench measures the speed of the server in relation to PostgreSQL itself.
//
// It fills a database, starts the real server on it, sends requests of all kinds, and runs
// the statement of each kind with pgbench.
// docs/how-to/measure.md explains how to use it and what the figures mean.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"syscall"
	"time"

	"github.com/eosc-perf/backend/scripts/bench/dataset"
	"github.com/eosc-perf/backend/scripts/bench/load"
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

// subject is a database with a server on it.
type subject struct {
	database database
	server   *server
	requests []request
	// report receives the figures.
	report report.Database
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

func (s *subject) fill(ctx context.Context, size int) (err error) {
	begun := time.Now()
	if err := s.database.programs().run(ctx, "migrate", "upgrade"); err != nil {
		return err
	}
	filled, err := s.database.results(ctx)
	if err != nil {
		return err
	}
	switch filled {
	case size:
	case 0:
		if err := s.database.fill(ctx, size); err != nil {
			return err
		}
	default:
		return fmt.Errorf("the kept database has %d results, not %d: remove it", filled, size)
	}
	s.report.Name, s.report.FillSeconds = s.database.name(), time.Since(begun).Seconds()
	if s.report.Version, s.report.Settings, err = s.database.describe(ctx); err != nil {
		return err
	}
	s.report.SizeMB, err = s.database.sizeMB(ctx)
	progress("%s: %d results in %.0f s, %.0f MB", s.report.Name, size, s.report.FillSeconds, s.report.SizeMB)
	return err
}

const (
	// settleTimeout is how long the server may take to derive what it derives in the background.
	settleTimeout = 30 * time.Minute
	settleEvery   = 500 * time.Millisecond
)

// settle waits until the server has nothing left to derive: that would share the processors with
// the requests.
func (s *subject) settle(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, settleTimeout)
	defer cancel()
	begun := time.Now()
	for {
		settled, err := s.database.settled(ctx)
		if err != nil {
			return fmt.Errorf("wait for derived values: %w", err)
		}
		if settled {
			progress("%s: metrics and digests were derived in %.0f s", s.report.Name, time.Since(begun).Seconds())
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("wait for derived values: %w", ctx.Err())
		case <-time.After(settleEvery):
		}
	}
}

// restart stops the server if it runs, starts it, and records the time until its first
// answer.
func (s *subject) restart(ctx context.Context) error {
	if s.server != nil {
		if err := s.server.stop(); err != nil {
			return err
		}
		s.server = nil
	}
	var err error
	if s.server, err = s.database.programs().start(ctx); err != nil {
		return err
	}
	s.report.StartsMS = append(s.report.StartsMS, milliseconds(s.server.first))
	return nil
}

// alone is the time after which the server takes the uploader for the only client: the benchmark's own
// readers before them are another one, beside whom a client that floods gets less. So is the server
// itself, which asks its provider about the token at the first upload.
const alone = 6 * time.Second

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}

// round measures one kind of request once.
func (b *bench) round(ctx context.Context, s *subject, i, round int) (err error) {
	r := s.requests[i]
	if r.untrailed {
		if err := s.database.dropEvents(ctx, true); err != nil {
			return err
		}
		defer func() { err = errors.Join(err, s.database.dropEvents(ctx, false)) }()
	}
	run, err := b.drive(ctx, s, r, uint64(round)) //nolint:gosec // it is small
	if err != nil {
		return err
	}
	if r.statement != "" {
		if run.PgbenchRate, err = s.database.statement(ctx, r.statement, r.connections, b.options.seconds, r.variables); err != nil {
			return err
		}
	}
	if r.connections == many && !r.uploads && r.rate == 0 {
		if run.BareRate, err = s.database.bare(ctx, r, b.options.seconds, run.AnswerBytes); err != nil {
			return err
		}
	}
	if r.uploads {
		if err := s.database.clean(ctx); err != nil {
			return err
		}
	}
	s.report.Requests[i].Rounds = append(s.report.Requests[i].Rounds, run)
	progress("round %d, %s, %s: %.0f req/s, p50 %.1f ms, p95 %.1f ms, CPU %.2f + %.2f ms, pgbench %.0f/s", round+1, s.report.Name, r.name,
		run.Rate, run.P50MS, run.P95MS, run.ServerMS, run.DatabaseMS, run.PgbenchRate)
	return nil
}

const (
	// most is the largest number of requests in a run.
	most = 2_000_000
	// sampleEvery is the number of answers of which one is checked. A check takes the load
	// generator longer than an answer.
	sampleEvery = 50
	// warmUp is the divisor of a run's duration for the warm-up before it, which is not
	// measured.
	warmUp = 10
)

// drive sends the requests, and reads the processor times before and after.
func (b *bench) drive(ctx context.Context, s *subject, r request, seed uint64) (report.Run, error) {
	duration := time.Duration(b.options.seconds * float64(time.Second))
	o := load.Options{
		Address:     s.server.address,
		Connections: r.connections,
		Rate:        r.rate,
		Duration:    duration / warmUp,
		Most:        most,
		SampleEvery: sampleEvery,
		Seed:        ^seed,
	}
	end := b.beside(ctx, s, r, seed)
	defer end()
	before, err := load.Run(ctx, o, r.next)
	if err == nil && r.uploads {
		err = sleep(ctx, alone)
	}
	if err != nil {
		return report.Run{}, err
	}
	serverBefore, databaseBefore, err := s.clocks()
	if err != nil {
		return report.Run{}, err
	}
	o.Duration, o.Seed = duration, seed
	profiled := b.profile(ctx, s, r, seed)
	books, err := load.Run(ctx, o, r.next)
	if err := errors.Join(err, <-profiled); err != nil {
		return report.Run{}, err
	}
	if err := ctx.Err(); err != nil {
		return report.Run{}, err
	}
	serverAfter, databaseAfter, err := s.clocks()
	if err != nil {
		return report.Run{}, err
	}
	if r.uploads {
		if err := s.accounts(ctx, b.counts.Visible+max(1, r.each)*(len(before.Latencies)+len(books.Latencies))); err != nil {
			return report.Run{}, err
		}
	}
	b.failures = append(append(b.failures, before.Failures...), books.Failures...)
	requests := float64(max(1, books.Requests))
	return report.Run{
		Requests: books.Requests, Checked: books.Checked, Failures: len(books.Failures), Rate: books.Rate(),
		P50MS: milliseconds(books.Quantile(0.5)), P95MS: milliseconds(books.Quantile(0.95)), P99MS: milliseconds(books.Quantile(0.99)),
		ServerMS: milliseconds(serverAfter-serverBefore) / requests, DatabaseMS: milliseconds(databaseAfter-databaseBefore) / requests,
		AnswerBytes: float64(books.Bytes) / requests,
	}, nil
}

// beside sends the requests that others send meanwhile, until end is called.
func (b *bench) beside(ctx context.Context, s *subject, r request, seed uint64) (end func()) {
	if r.beside == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	o := load.Options{
		Address: s.server.address, Connections: r.besideConnections, Duration: time.Hour, Most: most, SampleEvery: sampleEvery, Seed: seed + 1,
	}
	done := make(chan load.Books, 1)
	go func() {
		books, _ := load.Run(ctx, o, r.beside) // the address was good for others
		done <- books
	}()
	return func() {
		cancel()
		b.failures = append(b.failures, (<-done).Failures...)
	}
}

// clocks returns the processor times of the server and of the database.
func (s *subject) clocks() (server, database time.Duration, err error) {
	if server, err = processorTime(s.server.process.Process.Pid); err != nil {
		return 0, 0, err
	}
	database, err = s.database.processorTime()
	return server, database, err
}

// accounts compares the figures with the database: it contains each upload that was
// answered with 201, and no other.
func (s *subject) accounts(ctx context.Context, want int) error {
	body, err := load.Once(ctx, s.server.address, get("/results?per_page=1", nil))
	if err != nil {
		return err
	}
	return checkResults(func(r results) error {
		if r.Total != want {
			return fmt.Errorf("the server counts %d results, the books %d", r.Total, want)
		}
		return nil
	})(body)
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
