package migrations

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/go-gormigrate/gormigrate/v2"
	"gorm.io/gorm"
)

// DefaultLockTimeout is long enough for another program to build an index over millions of
// rows.
const DefaultLockTimeout = 10 * time.Minute

// Options are the options of a change of a schema. The zero value has none.
type Options struct {
	// LockTimeout is the longest sum of waits for locks of other programs; 0 is no limit
	// but that of the context. Builds of indexes wait for running transactions without this
	// limit.
	LockTimeout time.Duration
	// Agree is called before revisions are undone, while no other program can change the
	// schema. Its error ends the downgrade.
	Agree func(undo []Revision, losses []Loss) error
	// Running is called with each revision before it runs or is undone.
	Running func(Revision)
	// Waiting is called once if the program waits for locks of other programs.
	Waiting func()
}

// Upgrade runs the pending revisions up to the target (see State.Toward), and returns the
// ids of those that it ran. If several programs start at once, one runs the revisions and
// the others wait. A database of the earlier program is taken over first, if its tables are
// those that its revision makes.
//
// In PostgreSQL every revision is one transaction, but for those that are not
// transactional: after an error the revisions before stay. In SQLite all revisions are one
// transaction.
//
// Errors: *Deviations; ErrBusy; domain.ErrUnknownRevision if the database is newer than the
// revisions, unless nothing is pending and the program can work with the database.
func (s Schema) Upgrade(ctx context.Context, target string, options Options) (ran []string, err error) {
	if nothingToDo(s.db.WithContext(ctx), s.revisions, target) {
		return nil, nil
	}
	err = alone(ctx, s.db, options, func(conn session) error {
		state, err := inspect(conn.db, s.revisions)
		if err != nil {
			return err
		}
		missing, err := state.Toward(s.revisions, target)
		if err != nil {
			return err
		}
		if state.lacksNothing(missing) {
			return nil
		}
		if err := state.Known(); err != nil {
			return err
		}
		if err := prepare(conn, s.revisions, state); err != nil {
			return err
		}
		// gormigrate also runs the revisions before the one that it is to run.
		ordered := conn.migrations(slices.Concat(state.Applied, missing, without(state.Pending, missing)))
		for _, r := range missing {
			options.running(r)
			if err := conn.within(r, func(tx *gorm.DB) error { return apply(tx, ordered, r) }); err != nil {
				return fmt.Errorf("upgrade to revision %s (%s): %w", r.ID, r.Message, err)
			}
			ran = append(ran, r.ID)
		}
		return nil
	})
	if err != nil && s.db.Name() == sqlite {
		return nil, err
	}
	return ran, err
}

// nothingToDo is true if the database has all revisions of the target, so that a server
// which starts needs no lock. It is false if the state cannot be read.
func nothingToDo(db *gorm.DB, revisions []Revision, target string) bool {
	state, err := inspect(db, revisions)
	if err != nil {
		return false
	}
	missing, err := state.Toward(revisions, target)
	return err == nil && state.lacksNothing(missing)
}

func (s State) lacksNothing(missing []Revision) bool {
	return len(missing) == 0 && s.Newer() == nil && !s.Inherited && !s.notesDiffer
}

func (o Options) running(r Revision) {
	if o.Running != nil {
		o.Running(r)
	}
}

// prepare creates the revision table, and takes over a database of the earlier program.
func prepare(s session, revisions []Revision, state State) error {
	_, there, err := recorded(s.db)
	if err != nil {
		return err
	}
	if !there {
		if err := checkInherited(s.db, revisions, state); err != nil {
			return err
		}
	}
	return stamp(s, revisions, state.Applied)
}

func apply(db *gorm.DB, migrations []*gormigrate.Migration, r Revision) error {
	if err := bookkeeping(db, migrations).MigrateTo(r.ID); err != nil {
		return err
	}
	return noteCompatible(db, []Revision{r})
}

// Downgrade undoes the revisions beyond the target (see State.Beyond), the newest first,
// and returns the ids of those that it undid. If one of them has no down part, it is an
// error, and nothing is undone.
func (s Schema) Downgrade(ctx context.Context, target string, options Options) (undone []string, err error) {
	err = alone(ctx, s.db, options, func(conn session) error {
		state, err := inspect(conn.db, s.revisions)
		if err != nil {
			return err
		}
		if err := state.Known(); err != nil {
			return err
		}
		undo, err := state.Beyond(s.revisions, target)
		if err != nil {
			return err
		}
		if err := undoable(undo); err != nil {
			return err
		}
		if err := options.agree(conn.db, undo); err != nil {
			return err
		}
		if err := prepare(conn, s.revisions, state); err != nil {
			return err
		}
		for _, r := range undo {
			options.running(r)
			if err := conn.within(r, func(tx *gorm.DB) error {
				return bookkeeping(tx, nil).RollbackMigration(&gormigrate.Migration{ID: r.ID, Rollback: conn.run(r, r.Down)})
			}); err != nil {
				return fmt.Errorf("downgrade from revision %s (%s): %w", r.ID, r.Message, err)
			}
			undone = append(undone, r.ID)
		}
		return nil
	})
	if err != nil && s.db.Name() == sqlite {
		return nil, err
	}
	return undone, err
}

func (o Options) agree(db *gorm.DB, undo []Revision) error {
	if o.Agree == nil || len(undo) == 0 {
		return nil
	}
	losses, err := lossesOf(db, undo)
	if err != nil {
		return err
	}
	return o.Agree(undo, losses)
}

func undoable(revisions []Revision) error {
	for _, r := range revisions {
		if r.Down == nil {
			return fmt.Errorf("revision %s (%s) cannot be undone: it has no down part; restore a backup from before it instead", r.ID, r.Message)
		}
	}
	return nil
}

// Stamp writes into the revision table that the database has the target, a revision or
// "head", and its ancestors, and no others; with "base" it has none. No revision runs.
func (s Schema) Stamp(ctx context.Context, target string, options Options) error {
	var keep []Revision
	if target != Base {
		end, err := Find(s.revisions, target)
		if err != nil {
			return err
		}
		if keep, err = lineage(s.revisions, end.ID); err != nil {
			return err
		}
	}
	return alone(ctx, s.db, options, func(conn session) error {
		records, _, err := recorded(conn.db)
		if err != nil {
			return err
		}
		if err := stateOf(records, s.revisions).Known(); err != nil {
			return err
		}
		return stamp(conn, s.revisions, keep)
	})
}

func stamp(s session, revisions, keep []Revision) error {
	if len(revisions) == 0 {
		return errors.New("there are no revisions")
	}
	err := s.transaction(func(tx *gorm.DB) error {
		if err := ensureTable(tx); err != nil {
			return err
		}
		nothing := func(*gorm.DB) error { return nil }
		ordered := slices.Concat(keep, without(revisions, keep))
		migrations := make([]*gormigrate.Migration, len(ordered))
		for i, r := range ordered {
			migrations[i] = &gormigrate.Migration{ID: r.ID, Migrate: nothing, Rollback: nothing}
		}
		if len(keep) > 0 {
			if err := bookkeeping(tx, migrations).MigrateTo(keep[len(keep)-1].ID); err != nil {
				return err
			}
		}
		for _, absent := range migrations[len(keep):] {
			if err := bookkeeping(tx, migrations).RollbackMigration(absent); err != nil {
				return err
			}
		}
		return noteCompatible(tx, keep)
	})
	if err != nil {
		return fmt.Errorf("write down the revisions of the schema: %w", err)
	}
	return nil
}

func (s session) migrations(revisions []Revision) []*gormigrate.Migration {
	out := make([]*gormigrate.Migration, len(revisions))
	for i, r := range revisions {
		out[i] = &gormigrate.Migration{ID: r.ID, Migrate: s.run(r, r.Up), Rollback: s.run(r, r.Down)}
	}
	return out
}

// run returns a function that runs the scripts of a revision, together or, outside of
// transactions, one by one.
func (s session) run(r Revision, scripts []string) func(*gorm.DB) error {
	if r.Transactional {
		return func(tx *gorm.DB) error { return send(tx, scripts...) }
	}
	return func(db *gorm.DB) error {
		for _, script := range scripts {
			if err := s.outside(db, script); err != nil {
				return err
			}
		}
		return nil
	}
}

// send runs scripts without gorm, which would look for placeholders in them.
func send(db *gorm.DB, scripts ...string) error {
	for _, script := range scripts {
		if _, err := db.Statement.ConnPool.ExecContext(db.Statement.Context, script); err != nil {
			return err
		}
	}
	return nil
}
