package migrations

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// Upgrade runs the revisions that the database lacks, and returns those that it
// ran. Of several programs that start at once, one does the work and the others
// wait for it, as long as the context allows. A database of the earlier program
// is taken over first.
//
// In PostgreSQL every revision is one transaction (those apart that must not be),
// so that an error leaves what ran before; in SQLite all are one together.
//
// It is an error if the revisions end in more than one head, an
// ErrUnknownRevision if the database is newer than they are.
func Upgrade(ctx context.Context, db *gorm.DB, revisions []Revision) (ran []string, err error) {
	if ends := heads(revisions); len(ends) > 1 {
		return nil, fmt.Errorf("the revisions end in several heads (%s): add one that merges them", strings.Join(ids(ends), ", "))
	}
	err = alone(ctx, db, func(s session) error {
		if _, err := adopt(s, revisions); err != nil {
			return err
		}
		present, err := recorded(s.db, revisions)
		if err != nil {
			return err
		}
		for _, r := range revisions {
			if present[r.ID] {
				continue
			}
			if err := s.within(r, func(tx *gorm.DB) error { return bookkeeping(tx, scripts(revisions)).MigrateTo(r.ID) }); err != nil {
				return fmt.Errorf("upgrade to revision %s (%s): %w", r.ID, r.Message, err)
			}
			ran = append(ran, r.ID)
		}
		return nil
	})
	if err != nil && db.Name() == sqlite {
		return nil, err
	}
	return ran, err
}

// Downgrade undoes, newest first, all revisions but the target and those that it
// stands on; with an empty target, all. It returns those that it undid. A
// revision without a down part is an error, an unknown target ErrUnknownRevision.
func Downgrade(ctx context.Context, db *gorm.DB, revisions []Revision, target string) (undone []string, err error) {
	keep, err := lineageOrNone(revisions, target)
	if err != nil {
		return nil, err
	}
	err = alone(ctx, db, func(s session) error {
		if _, err := adopt(s, revisions); err != nil {
			return err
		}
		present, err := recorded(s.db, revisions)
		if err != nil {
			return err
		}
		for i, r := range slices.Backward(revisions) {
			if !present[r.ID] || slices.Contains(ids(keep), r.ID) {
				continue
			}
			if r.Down == nil {
				return fmt.Errorf("revision %s (%s) cannot be undone", r.ID, r.Message)
			}
			if err := s.within(r, func(tx *gorm.DB) error {
				return bookkeeping(tx, nil).RollbackMigration(scripts(revisions)[i])
			}); err != nil {
				return fmt.Errorf("downgrade from revision %s (%s): %w", r.ID, r.Message, err)
			}
			undone = append(undone, r.ID)
		}
		return nil
	})
	if err != nil && db.Name() == sqlite {
		return nil, err
	}
	return undone, err
}

// Stamp writes down that the database is at the target, without running
// anything: the target and what it stands on count as present, all others as
// absent; with an empty target, all are absent.
func Stamp(ctx context.Context, db *gorm.DB, revisions []Revision, target string) error {
	keep, err := lineageOrNone(revisions, target)
	if err != nil {
		return err
	}
	return alone(ctx, db, func(s session) error {
		if _, err := recorded(s.db, revisions); err != nil {
			return err
		}
		return stamp(s, revisions, keep)
	})
}

// Adopt takes over a database that the earlier program's Alembic made, and
// returns the revisions that now count as present. In any other database it does
// nothing. Upgrade adopts by itself. The error is an ErrUnknownRevision if
// Alembic was at a revision that is not among the given ones.
func Adopt(ctx context.Context, db *gorm.DB, revisions []Revision) (adopted []string, err error) {
	err = alone(ctx, db, func(s session) error {
		adopted, err = adopt(s, revisions)
		return err
	})
	return adopted, err
}

func adopt(s session, revisions []Revision) ([]string, error) {
	present, err := recorded(s.db, revisions)
	if err != nil || present != nil {
		return nil, err
	}
	inherited, err := fromAlembic(s.db, revisions)
	if err != nil || len(inherited) == 0 {
		return nil, err
	}
	return ids(inherited), stamp(s, revisions, inherited)
}

func stamp(s session, revisions, keep []Revision) error {
	if len(revisions) == 0 {
		return errors.New("there are no revisions")
	}
	ordered := slices.Concat(keep, slices.DeleteFunc(slices.Clone(revisions), func(r Revision) bool {
		return slices.Contains(ids(keep), r.ID)
	}))
	nothing := func(*gorm.DB) error { return nil }
	migrations := make([]*gormigrate.Migration, len(ordered))
	for i, r := range ordered {
		migrations[i] = &gormigrate.Migration{ID: r.ID, Migrate: nothing, Rollback: nothing}
	}
	err := s.transaction(func(tx *gorm.DB) error {
		// All first, so that the table exists.
		if err := bookkeeping(tx, migrations).Migrate(); err != nil {
			return err
		}
		for _, absent := range migrations[len(keep):] {
			if err := bookkeeping(tx, migrations).RollbackMigration(absent); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("write down the revisions of the schema: %w", err)
	}
	return nil
}

func lineageOrNone(revisions []Revision, target string) ([]Revision, error) {
	if target == "" {
		return nil, nil
	}
	return lineage(revisions, target)
}

func scripts(revisions []Revision) []*gormigrate.Migration {
	out := make([]*gormigrate.Migration, len(revisions))
	for i, r := range revisions {
		out[i] = &gormigrate.Migration{ID: r.ID, Migrate: run(r.Up), Rollback: run(r.Down)}
	}
	return out
}

// run sends the scripts past gorm, which would look for placeholders in them.
func run(scripts []string) func(*gorm.DB) error {
	return func(db *gorm.DB) error {
		for _, script := range scripts {
			if _, err := db.Statement.ConnPool.ExecContext(db.Statement.Context, script); err != nil {
				return err
			}
		}
		return nil
	}
}
