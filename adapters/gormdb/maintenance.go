package gormdb

import (
	"context"

	"github.com/eosc-perf/backend/adapters/gormdb/derived"
	"github.com/eosc-perf/backend/adapters/gormdb/dump"
)

// The types of maintenance, for those who have a store.
type (
	// Snapshot is dump.Snapshot.
	Snapshot = dump.Snapshot
	// Restoration is dump.Restoration.
	Restoration = dump.Restoration
	// Finding is dump.Finding.
	Finding = dump.Finding
	// Difference is derived.Difference.
	Difference = derived.Difference
)

const (
	// Problem is dump.Problem.
	Problem = dump.Problem
	// Note is dump.Note.
	Note = dump.Note
)

// ErrNotEmpty is dump.ErrNotEmpty.
var ErrNotEmpty = dump.ErrNotEmpty

// Snapshot lets the function read one state of the database; see dump.Read.
func (s *Store) Snapshot(ctx context.Context, read func(ctx context.Context, in *Snapshot) error) error {
	return dump.Read(ctx, s.database, read)
}

// Restore lets the function fill an empty database; see dump.Restore.
func (s *Store) Restore(ctx context.Context, write func(ctx context.Context, to *Restoration) error) error {
	return dump.Restore(ctx, s.database, write)
}

// CheckDerived compares the tables that triggers derive; see derived.Check.
func (s *Store) CheckDerived(ctx context.Context) ([]Difference, error) {
	return derived.Check(ctx, s.database)
}

// RepairDerived derives these tables again; see derived.Repair.
func (s *Store) RepairDerived(ctx context.Context) error { return derived.Repair(ctx, s.database) }

// FillValues completes the value index; see derived.Backfill.
func (s *Store) FillValues(ctx context.Context) error { return derived.Backfill(ctx, s.database) }
