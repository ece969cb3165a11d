package maintenance

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/eosc-perf/backend/core/audit"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// Archive is how backups are stored.
type Archive struct {
	Format ports.BackupFormat
	Files  ports.BackupFiles
	// Rows checks the rows of backups that are read; nil checks nothing.
	Rows ports.RowCheck
	// Trial opens an empty database for the trial of a restoration, does the work, and removes
	// the database.
	Trial func(ctx context.Context, work func(Database) error) error
}

// Backups writes backups of a database, and verifies files.
type Backups struct {
	// Tables are not needed to verify a file.
	Tables ports.Tables
	// Storage is that of the tables. It has the audit trail, and is not needed to verify a file.
	Storage ports.Storage
	Archive Archive
	Clock   ports.Clock
	// Program is the version of the program, which backups name.
	Program string
}

// Write writes a backup of one state of the database, and notes it in the audit trail
// afterwards. Errors: domain.ErrUnknownRevision if the database is newer than the program,
// because the backup would be incomplete.
func (b Backups) Write(ctx context.Context, caller domain.Caller, to io.Writer, progress Progress) (domain.Backup, error) {
	if err := caller.May(domain.WriteBackup); err != nil {
		return domain.Backup{}, err
	}
	backup, err := b.write(ctx, to, progress)
	if err == nil {
		err = b.record(ctx, caller, backup)
	}
	return backup, err
}

// record notes a backup in the audit trail: who has the file has all data. A database that is
// about to be upgraded may have no trail.
func (b Backups) record(ctx context.Context, caller domain.Caller, backup domain.Backup) error {
	err := b.Tables.Snapshot(ctx, func(ctx context.Context, snapshot ports.Snapshot) error {
		state, err := snapshot.Schema(ctx)
		if err == nil {
			err = state.Ready()
		}
		return err
	})
	if errors.Is(err, domain.ErrPending) {
		return nil
	}
	if err == nil {
		err = b.Storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
			return recordJob(ctx, r, b.Clock, caller, domain.WriteBackup, domain.Event{
				Resource: domain.BackupResource, Changes: audit.Changed(nil, audit.Fields{"rows": backup.Rows()}),
			})
		})
	}
	if err != nil {
		return fmt.Errorf("the backup is whole, and not in the audit trail: %w", err)
	}
	return nil
}

func (b Backups) write(ctx context.Context, to io.Writer, progress Progress) (backup domain.Backup, err error) {
	err = b.Tables.Snapshot(ctx, func(ctx context.Context, snapshot ports.Snapshot) error {
		header, err := b.header(ctx, snapshot)
		if err != nil {
			return err
		}
		out, err := b.Archive.Format.NewWriter(to, header)
		if err != nil {
			return err
		}
		if err := copyRows(ctx, snapshot, out, progress); err != nil {
			out.Abandon()
			return err
		}
		backup, err = out.Close()
		return err
	})
	return backup, err
}

// header returns the header of a backup of the snapshot, if the program knows all of its
// schema.
func (b Backups) header(ctx context.Context, snapshot ports.Snapshot) (domain.BackupHeader, error) {
	state, err := snapshot.Schema(ctx)
	if err != nil {
		return domain.BackupHeader{}, fmt.Errorf("the database's schema: %w", err)
	}
	if err := state.Known(); err != nil {
		return domain.BackupHeader{}, fmt.Errorf("a backup would be incomplete: %w", err)
	}
	if len(state.Applied) == 0 {
		return domain.BackupHeader{}, errors.New("there is nothing to back up: the database has no tables of EOSC Perf")
	}
	return domain.BackupHeader{
		Created: b.Clock.Now(), Program: b.Program, Database: b.Tables.Kind(), Revisions: state.Heads, Tables: snapshot.Tables(),
	}, nil
}

func copyRows(ctx context.Context, from ports.Snapshot, to ports.BackupWriter, progress Progress) error {
	total, err := from.Count(ctx)
	if err != nil {
		return err
	}
	var done int64
	for _, table := range from.Tables() {
		if err := from.Rows(ctx, table, func(row []byte) error {
			done++
			progress.Advance(done, total)
			return to.Row(table, row)
		}); err != nil {
			return err
		}
	}
	return nil
}

// SaveBackup says where a backup is saved.
type SaveBackup struct {
	// Target is the path of the file, or a folder that exists: there the file is named
	// for the time.
	Target string
	// Keep is how many whole backups stay in the folder, the newest ones; 0 for all.
	// Older ones are removed.
	Keep int
	// DryRun reads everything, and writes and removes nothing.
	DryRun bool
}

// SavedBackup is a backup in a file.
type SavedBackup struct {
	domain.Backup
	Path string
	// Removed are the paths of older backups that were removed, and Damaged of those
	// that are damaged and do not count; the newest first.
	Removed, Damaged []string
}

// ErrKeep says that a number of backups to keep is not at least 1, or the target is no
// folder that exists.
var ErrKeep = errors.New("backups are kept in a folder that exists, one at least")

// Save writes a backup into a file, which is there when it is whole. Errors: ErrKeep,
// and those of Write.
func (b Backups) Save(ctx context.Context, caller domain.Caller, in SaveBackup, progress Progress) (SavedBackup, error) {
	if err := caller.May(domain.WriteBackup); err != nil {
		return SavedBackup{}, err
	}
	saved := SavedBackup{Path: in.Target}
	inFolder := b.Archive.Files.IsFolder(in.Target)
	if in.Keep < 0 || in.Keep > 0 && !inFolder {
		return saved, ErrKeep
	}
	if inFolder {
		saved.Path = b.Archive.Files.Name(in.Target, b.Clock.Now())
	}
	write := func(to io.Writer) (err error) {
		saved.Backup, err = b.write(ctx, to, progress)
		return err
	}
	var err error
	if in.DryRun {
		err = write(io.Discard)
	} else {
		err = b.Archive.Files.Create(saved.Path, write)
		if err == nil {
			err = b.record(ctx, caller, saved.Backup)
		}
	}
	if err == nil && in.Keep > 0 {
		err = b.rotate(ctx, &saved, in)
	}
	return saved, err
}

// rotate removes the backups that are older than the newest whole ones which are kept.
func (b Backups) rotate(ctx context.Context, saved *SavedBackup, in SaveBackup) error {
	keep := in.Keep
	if in.DryRun {
		keep-- // the backup that is not written
	}
	old, damaged, err := b.olderThanKept(ctx, filepath.Dir(saved.Path), keep)
	saved.Damaged = damaged
	if err != nil {
		return err
	}
	for _, path := range old {
		if !in.DryRun {
			if err := b.Archive.Files.Remove(path); err != nil {
				return err
			}
		}
		saved.Removed = append(saved.Removed, path)
	}
	return nil
}

// olderThanKept returns the backups in a folder that are older than the newest whole
// ones, and those that are damaged and not older.
func (b Backups) olderThanKept(ctx context.Context, folder string, keep int) (old, damaged []string, err error) {
	paths, err := b.Archive.Files.List(folder)
	if err != nil {
		return nil, nil, err
	}
	for i, path := range paths {
		if keep == 0 {
			return paths[i:], damaged, nil
		}
		if _, err := b.Archive.check(ctx, path); err != nil {
			damaged = append(damaged, path)
			continue
		}
		keep--
	}
	return nil, damaged, nil
}

// Verify reads a whole backup, tries to restore it, and describes it. Errors:
// ports.ErrBackupForeign, ports.ErrBackupNewer, ports.ErrBackupDamaged, and those of the file.
func (b Backups) Verify(ctx context.Context, caller domain.Caller, path string, progress Progress) (domain.Backup, error) {
	if err := caller.May(domain.VerifyBackup); err != nil {
		return domain.Backup{}, err
	}
	return Restores{Archive: b.Archive, Clock: b.Clock}.trial().restore(ctx, path, false, progress)
}

// check reads a file to its end, which shows that it is as it was written. Only a trial shows
// that it can be restored.
func (a Archive) check(ctx context.Context, path string) (domain.Backup, error) {
	file, err := a.Files.Open(path)
	if err != nil {
		return domain.Backup{}, err
	}
	defer func() { _ = file.Close() }() // it was read only
	backup, err := a.readAll(ctx, file, a.checkRow)
	if err != nil {
		return domain.Backup{}, fmt.Errorf("%s: %w", path, err)
	}
	return backup, nil
}

// checkRow checks the row in a line.
func (a Archive) checkRow(line int64, table string, row []byte) error {
	if a.Rows == nil {
		return nil
	}
	if err := a.Rows.Check(table, row); err != nil {
		return fmt.Errorf("%w: line %d: table %s: %w", ports.ErrBackupDamaged, line, table, err)
	}
	return nil
}

// readAll reads a backup, and calls each with every row. Only its return without an
// error makes the rows certain.
func (a Archive) readAll(
	ctx context.Context, from io.Reader, each func(line int64, table string, row []byte) error,
) (domain.Backup, error) {
	reader, err := a.Format.NewReader(from)
	if err != nil {
		return domain.Backup{}, err
	}
	defer reader.Close()
	for {
		table, row, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return reader.Backup(), nil
		}
		if err == nil {
			err = ctx.Err()
		}
		if err == nil {
			err = each(reader.Line(), table, row)
		}
		if err != nil {
			return domain.Backup{}, err
		}
	}
}
