package maintenance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/eosc-perf/backend/core/audit"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Database is a database that a backup is restored into.
type Database struct {
	Tables ports.Tables
	Schema ports.Schema
}

// Restores restores backups.
type Restores struct {
	Archive Archive
	// Open opens the database, does the work, and closes the database. It may create the
	// database: it is called when the backup was checked.
	Open  func(ctx context.Context, work func(Database) error) error
	Clock ports.Clock
}

// Restore writes a backup into an empty database of either kind: all of it or nothing.
// The whole file is checked first. Tables that do not exist are made as of the revision
// of the backup; tables that exist must be of that revision. A dry run verifies the backup, and
// changes nothing.
//
// Errors: those of Backups.Verify, ports.ErrNotEmpty, ports.ErrBackupNewer if the
// program does not know the revision of the backup, domain.ErrUnknownRevision.
func (r Restores) Restore(ctx context.Context, caller domain.Caller, path string, dryRun bool, progress Progress) (domain.Backup, error) {
	if err := caller.May(domain.RestoreBackup); err != nil {
		return domain.Backup{}, err
	}
	if dryRun {
		if _, err := r.trial().restore(ctx, path, false, progress); err != nil {
			return domain.Backup{}, err
		}
	}
	backup, err := r.restore(ctx, path, dryRun, progress)
	if errors.Is(err, ports.ErrBackupDamaged) || errors.Is(err, ports.ErrBackupForeign) {
		err = fmt.Errorf("%w; nothing was written", err)
	}
	return backup, err
}

// trial restores backups into databases that are removed afterwards.
func (r Restores) trial() Restores {
	return Restores{Archive: r.Archive, Open: r.Archive.Trial, Clock: r.Clock}
}

func (r Restores) restore(ctx context.Context, path string, dryRun bool, progress Progress) (domain.Backup, error) {
	file, err := r.Archive.Files.Open(path)
	if err != nil {
		return domain.Backup{}, err
	}
	defer func() { _ = file.Close() }() // it was read only
	backup, err := r.Archive.readAll(ctx, file, r.Archive.checkRow)
	if err != nil {
		return domain.Backup{}, fmt.Errorf("%s: %w", path, err)
	}
	err = r.Open(ctx, func(database Database) error {
		job := restore{Database: database, archive: r.Archive, backup: backup, file: file, progress: progress, clock: r.Clock}
		return job.run(ctx, dryRun)
	})
	if errors.Is(err, ports.ErrBackupDamaged) {
		err = fmt.Errorf("%s: %w", path, err)
	}
	return backup, err
}

// restore is the restoration of one backup that was checked.
type restore struct {
	Database
	archive  Archive
	backup   domain.Backup
	file     io.ReadSeeker
	progress Progress
	clock    ports.Clock
}

func (r restore) run(ctx context.Context, dryRun bool) error {
	if len(r.backup.Revisions) == 0 {
		return fmt.Errorf("%w: its header names no revision of the schema", ports.ErrBackupDamaged)
	}
	for _, revision := range r.backup.Revisions {
		if !slices.Contains(r.Schema.Known(), revision) {
			return fmt.Errorf("%w: it is of the schema's revision %s, which this program does not know: use the admin of the program that wrote "+
				"it (%s), or a newer one",
				ports.ErrBackupNewer, revision, r.backup.Program)
		}
	}
	state, err := r.Schema.State(ctx)
	if err != nil {
		return fmt.Errorf("the database's schema: %w", err)
	}
	if len(state.Applied) == 0 && len(state.Unknown) == 0 {
		return r.withTables(ctx, dryRun)
	}
	if err := r.checkRevision(state); err != nil {
		return err
	}
	if dryRun {
		return r.checkEmpty(ctx)
	}
	return r.fill(ctx)
}

// withTables makes the tables first, and removes them again if the restoration fails.
func (r restore) withTables(ctx context.Context, dryRun bool) error {
	if len(r.backup.Revisions) != 1 {
		return fmt.Errorf("the backup is of a database between two branches of the schema: bring this one to the revisions %s with `migrate "+
			"upgrade` first",
			strings.Join(r.backup.Revisions, ", "))
	}
	if dryRun {
		return nil
	}
	if err := r.Schema.Create(ctx, r.backup.Revisions[0]); err != nil {
		return fmt.Errorf("make the tables: %w", err)
	}
	err := r.fill(ctx)
	if err == nil || errors.Is(err, ports.ErrNotEmpty) {
		return err
	}
	return errors.Join(err, r.Schema.Drop(context.WithoutCancel(ctx)))
}

// checkRevision compares the revision of the database with that of the backup.
func (r restore) checkRevision(state domain.SchemaState) error {
	if err := state.Known(); err != nil {
		return fmt.Errorf("the database's schema: %w", err)
	}
	if state.Inherited {
		return errors.New("the database is the earlier program's: restore into another one")
	}
	wanted := r.backup.Revisions
	if slices.Equal(state.Heads, wanted) {
		return nil
	}
	command := "migrate upgrade " + strings.Join(wanted, " ")
	if slices.Contains(state.Applied, wanted[0]) {
		command = "migrate downgrade " + strings.Join(wanted, " ")
	}
	return fmt.Errorf("the tables of the database are of revision %s, the backup is of %s: bring the empty database there with `%s`, "+
		"restore, and upgrade it then",
		strings.Join(state.Heads, ", "), strings.Join(wanted, ", "), command)
}

func (r restore) checkEmpty(ctx context.Context) error {
	return r.Tables.Snapshot(ctx, func(ctx context.Context, snapshot ports.Snapshot) error {
		count, err := snapshot.Count(ctx)
		if err == nil && count > 0 {
			err = ports.ErrNotEmpty
		}
		return err
	})
}

// fill writes the rows. The revision of the tables and the checksums of the rows are
// checked once more, in the same transaction. An error about a row names its line.
func (r restore) fill(ctx context.Context) error {
	if err := r.rewind(); err != nil {
		return err
	}
	err := r.write(ctx)
	wrong, ok := errors.AsType[*ports.RowError](err)
	if !ok {
		return err
	}
	line := wrong.Row + 1 // behind the header
	if wrong.Row == 0 {
		line = r.lineOf(ctx, wrong.Table, wrong.ID)
	}
	return fmt.Errorf("%w: line %d: %w", ports.ErrBackupDamaged, line, err)
}

func (r restore) rewind() error {
	if _, err := r.file.Seek(0, io.SeekStart); err != nil {
		return fmt.Errorf("read the backup again: %w", err)
	}
	return nil
}

// lineOf returns the line of the row with the id, 0 if there is none.
func (r restore) lineOf(ctx context.Context, table, id string) (found int64) {
	if r.rewind() != nil {
		return 0
	}
	member := []byte(`"id":"` + id + `"`)
	// The caller has a better error than one of this reading.
	_, _ = r.archive.readAll(ctx, r.file, func(line int64, of string, row []byte) error {
		if of == table && bytes.Contains(row, member) {
			found = line
		}
		return nil
	})
	return found
}

func (r restore) write(ctx context.Context) error {
	return r.Tables.Restore(ctx, func(ctx context.Context, restoration ports.Restoration) error {
		state, err := restoration.Schema(ctx)
		if err != nil {
			return fmt.Errorf("the database's schema: %w", err)
		}
		if err := r.checkRevision(state); err != nil {
			return err
		}
		if err := r.checkTables(restoration.Tables()); err != nil {
			return err
		}
		done, total := int64(0), r.backup.Rows()
		_, err = r.archive.readAll(ctx, r.file, func(_ int64, table string, row []byte) error {
			if err := restoration.Insert(ctx, table, row); err != nil {
				return err
			}
			done++
			r.progress.Advance(done, total)
			return nil
		})
		if err != nil {
			return err
		}
		return r.record(ctx, restoration)
	})
}

// checkTables returns an error for a backup that lacks a table: without it the restored database would
// look whole.
func (r restore) checkTables(needed []string) error {
	for _, table := range needed {
		if !slices.Contains(r.backup.Tables, table) {
			return fmt.Errorf("%w: it has no table %s, which every backup of its revision has", ports.ErrBackupDamaged, table)
		}
	}
	return nil
}

// record adds an event about the restoration: what comes after it in the audit trail is not of
// the database that was backed up.
func (r restore) record(ctx context.Context, restoration ports.Restoration) error {
	event, err := ports.Identified(ctx, domain.Event{
		At: r.clock.Now(), Role: domain.OperatorRole, Action: domain.RestoreBackup.ID, Resource: domain.BackupResource,
		Changes: audit.Changed(nil, audit.Fields{"created": domain.PrintTime(r.backup.Created), "rows": r.backup.Rows()}),
	})
	if err != nil {
		return err
	}
	return restoration.Record(ctx, event)
}
