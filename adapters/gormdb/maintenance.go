package gormdb

import (
	"context"
	"log/slog"

	"github.com/eosc-perf/backend/adapters/gormdb/derived"
	"github.com/eosc-perf/backend/adapters/gormdb/dump"
	"github.com/eosc-perf/backend/adapters/gormdb/measurements"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

var _ ports.DerivedData = (*Store)(nil)

// Dump returns the database as a whole, with the reader of its schema.
func (s *Store) Dump(schema dump.SchemaReader) dump.Dump { return dump.New(s.database, schema) }

// CheckDerived implements ports.DerivedData.
func (s *Store) CheckDerived(ctx context.Context) ([]domain.Difference, error) {
	return derived.Check(ctx, s.database)
}

// RepairDerived implements ports.DerivedData.
func (s *Store) RepairDerived(ctx context.Context, also func(ctx context.Context, r ports.Repos) error) error {
	return derived.Repair(ctx, s.database, func(ctx context.Context, in session.Session) error {
		return also(ctx, s.repos(in, &effects{}))
	})
}

// DeriveMetrics derives the values of metrics that were declared since; see
// measurements.Derive.
func (s *Store) DeriveMetrics(ctx context.Context, log *slog.Logger) error {
	return measurements.Derive(ctx, s.database, log)
}

// FillValues completes the value index; see derived.Backfill.
func (s *Store) FillValues(ctx context.Context) error { return derived.Backfill(ctx, s.database) }
