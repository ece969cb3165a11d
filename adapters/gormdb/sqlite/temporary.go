package sqlite

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/eosc-perf/backend/adapters/gormdb"
)

// WithTemporary creates an empty database in a folder of its own, does the work with
// the database, and removes the folder.
func WithTemporary(ctx context.Context, work func(*gormdb.Store) error) (err error) {
	folder, err := os.MkdirTemp("", "eosc-perf-temporary-*")
	if err != nil {
		return fmt.Errorf("make a folder for a temporary database: %w; choose another with TMPDIR", err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(folder)) }()
	store, err := Open(ctx, filepath.Join(folder, "temporary.db"))
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	return work(store)
}
