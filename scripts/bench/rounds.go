package main

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/eosc-perf/backend/scripts/bench/dataset"
	"github.com/eosc-perf/backend/scripts/bench/load"
	"github.com/eosc-perf/backend/scripts/bench/report"
)

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
		Apart:       r.apart,
		Rate:        r.rate,
		Duration:    duration / warmUp,
		Most:        most,
		SampleEvery: sampleEvery,
		Seed:        ^seed,
	}
	next, changed := r.next, error(nil)
	if r.first {
		benchmark := dataset.IDOf("benchmark", dataset.Compared).String()
		next = func(random *rand.Rand) load.Request {
			changed = errors.Join(changed, s.database.touch(ctx, benchmark))
			return r.next(random)
		}
	}
	end := b.beside(ctx, s, r, seed)
	defer end()
	before, err := load.Run(ctx, o, next)
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
	books, err := load.Run(ctx, o, next)
	if err := errors.Join(err, changed, <-profiled); err != nil {
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

// another is the address of another client than the one that is measured.
const another = "127.0.0.2"

// beside sends the requests that another client sends meanwhile, until end is called.
func (b *bench) beside(ctx context.Context, s *subject, r request, seed uint64) (end func()) {
	if r.beside == nil {
		return func() {}
	}
	ctx, cancel := context.WithCancel(ctx)
	o := load.Options{
		Address: s.server.address, From: another, Connections: r.besideConnections, Duration: time.Hour, Most: most,
		SampleEvery: sampleEvery, Seed: seed + 1,
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
