package main

import (
	"context"
	"fmt"
	"time"

	"github.com/eosc-perf/backend/scripts/bench/load"
	"github.com/eosc-perf/backend/scripts/bench/report"
)

// subject is a database with a server on it.
type subject struct {
	database database
	server   *server
	requests []request
	// report receives the figures.
	report report.Database
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
