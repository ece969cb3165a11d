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

// DefaultLockTimeout is long enough for others to build an index over millions of
// rows.
const DefaultLockTimeout = 10 * time.Minute

// Options say how a schema is changed. The zero value will do.
type Options struct {
	// LockTimeout is how long to wait in all for other programs that change the
	// schema or stand in the way of a change; zero is as long as the context allows.
	// Builds of indexes wait for transactions under way however long these take.
	LockTimeout time.Duration
	// Agree is asked, while nobody else changes the schema, before revisions are
	// undone; its error is the end of it.
	Agree func(undo []Revision, losses []Loss) error
	// Running is told of each revision before it runs, or is undone.
	Running func(Revision)
	// Waiting is told once when others have to be waited for.
	Waiting func()
}

// Upgrade runs the revisions that the database lacks up to the target (see
// State.Toward), and returns those that it ran. Of several programs that start at
// once, one does the work and the others wait for it. A database of the earlier
// program is taken over first, if its tables are what its revision promises.
//
// In PostgreSQL every revision is one transaction (those apart that must not be),
// so that an error leaves what ran before; in SQLite all are one together.
//
// It is an ErrUnknownRevision if the database is newer than the revisions; not if
// there is nothing to do, and they can live with what they do not know.
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
		// gormigrate runs whatever stands before the one that it is to run.
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

// nothingToDo looks before anybody is kept waiting: a server that starts on a
// database which is up to date needs no lock. Where it cannot tell, it says false.
func nothingToDo(db *gorm.DB, revisions []Revision, target string) bool {
	state, err := inspect(db, revisions)
	if err != nil {
		return false
	}
	missing, err := state.Toward(revisions, target)
	return err == nil && state.lacksNothing(missing)
}

func (s State) lacksNothing(missing []Revision) bool {
	return len(missing) == 0 && s.Newer() == nil && !s.Inherited && !s.unnoted
}

func (o Options) running(r Revision) {
	if o.Running != nil {
		o.Running(r)
	}
}

// prepare makes the revision table, and takes over what the earlier program made.
func prepare(s session, revisions []Revision, state State) error {
	_, there, err := recorded(s.db)
	if err != nil {
		return err
	}
	if !there {
		if err := compareWithPromise(s.db, revisions, state); err != nil {
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

// Downgrade undoes, newest first, what the target does without (see
// State.Beyond), and returns what it undid. A revision without a down part among
// them is an error before anything is undone.
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

// Stamp writes down that the database is at the target, without running
// anything: the target, a revision or "head", and what it stands on count as
// present, all others as absent; with "base" all are absent.
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

// run runs a revision's scripts: those of one transaction together, others each
// for itself.
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

// send sends the scripts past gorm, which would look for placeholders in them.
func send(db *gorm.DB, scripts ...string) error {
	for _, script := range scripts {
		if _, err := db.Statement.ConnPool.ExecContext(db.Statement.Context, script); err != nil {
			return err
		}
	}
	return nil
}
