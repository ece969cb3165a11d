package maintenance_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/adapters/archive"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/maintenance"
	"github.com/eosc-perf/backend/ports"
)

// The revisions of the tests, the oldest first.
const older, current, newest = "aaaaaaaaaaaa", "bbbbbbbbbbbb", "cccccccccccc"

// at is the state of a database at the revision.
func at(revision string) domain.SchemaState {
	known := []string{older, current, newest}
	applied := known[:slices.Index(known, revision)+1]
	return domain.SchemaState{Applied: applied, Heads: []string{revision}, Pending: known[len(applied):]}
}

// filled is a database of three rows.
func filled() *tables {
	return &tables{
		known: []string{older, current, newest}, state: at(current), names: []string{"user", "tag"},
		rows: map[string][]string{"user": {`{"sub":"ada"}`}, "tag": {`{"id":1}`, `{"id":2}`}},
	}
}

// backupsOf writes backups of the database into files in memory.
func backupsOf(database *tables) (maintenance.Backups, *memoryFiles) {
	files := &memoryFiles{files: map[string][]byte{}}
	return maintenance.Backups{
		Tables: database, Storage: &notes{}, Archive: maintenance.Archive{Format: archive.Format{}, Files: files}, Clock: clock(started),
		Program: "1.2.3",
	}, files
}

func TestABackupSaysWhereItsRowsComeFrom(t *testing.T) {
	backups, _ := backupsOf(filled())
	var out bytes.Buffer
	var progress steps
	backup, err := backups.Write(t.Context(), operator, &out, &progress)
	if err != nil {
		t.Fatal(err)
	}
	want := domain.BackupHeader{Created: started, Program: "1.2.3", Database: "sqlite", Revisions: []string{current},
		Tables: []string{"user", "tag"}}
	if !reflect.DeepEqual(backup.BackupHeader, want) || backup.Rows() != 3 || backup.Contents[0].Rows != 1 || backup.Contents[1].Rows != 2 {
		t.Errorf("the backup is %+v, want %+v with a user and two tags", backup, want)
	}
	if !slices.Equal(progress, []int64{1, 3, 2, 3, 3, 3}) {
		t.Errorf("the progress is %v, want each of three rows", progress)
	}
}

// A backup is noted when it is whole, and not where the schema is older.
func TestABackupIsNotedInTheTrail(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*tables)
		dryRun bool
		want   int
	}{
		"at the newest revision": {func(d *tables) { d.state = at(newest) }, false, 1},
		"a dry run":              {func(d *tables) { d.state = at(newest) }, true, 0},
		"before an upgrade":      {func(*tables) {}, false, 0},
		"that fails":             {func(d *tables) { d.state, d.fail = at(newest), errNoFile }, false, 0},
	} {
		database, trail := filled(), &notes{}
		c.change(database)
		backups, _ := backupsOf(database)
		backups.Storage = trail
		_, err := backups.Save(t.Context(), operator, maintenance.SaveBackup{Target: "file", DryRun: c.dryRun}, silent{})
		if err != nil && database.fail == nil || len(trail.events) != c.want {
			t.Errorf("%s: %v, noted as %+v, want %d events", name, err, trail.events, c.want)
		}
		if c.want > 0 && (trail.events[0].Role != domain.OperatorRole || trail.events[0].Action != "WriteBackup") {
			t.Errorf("%s: noted as %+v", name, trail.events)
		}
	}
}

func TestABackupThatWouldBeIncompleteIsRefused(t *testing.T) {
	lost := errors.New("the connection is lost")
	for name, c := range map[string]struct {
		change func(*tables)
		is     error
		says   string
	}{
		"a newer database": {func(d *tables) { d.state.Unknown = []string{"dddddddddddd"} }, domain.ErrUnknownRevision,
			"a backup would be incomplete"},
		"one that can be served": {func(d *tables) {
			d.stateInside = &domain.SchemaState{Applied: d.state.Applied, Unknown: []string{"dddddddddddd"}}
		}, domain.ErrUnknownRevision, "dddddddddddd"},
		"an empty database":  {func(d *tables) { d.state = domain.SchemaState{} }, nil, "nothing to back up"},
		"rows that are lost": {func(d *tables) { d.fail = lost }, lost, ""},
	} {
		database := filled()
		c.change(database)
		backups, files := backupsOf(database)
		_, err := backups.Save(t.Context(), operator, maintenance.SaveBackup{Target: "file"}, silent{})
		if err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) || len(files.files) > 0 {
			t.Errorf("%s: %v, and %d files; want an error that says %q", name, err, len(files.files), c.says)
		}
	}
}

func TestWhereABackupIsSaved(t *testing.T) {
	for name, c := range map[string]struct {
		in    maintenance.SaveBackup
		path  string
		saved bool
		err   error
	}{
		"in a file":                {in: maintenance.SaveBackup{Target: "file"}, path: "file", saved: true},
		"in a folder":              {in: maintenance.SaveBackup{Target: folder}, path: "backups/2026-11-27", saved: true},
		"a dry run":                {in: maintenance.SaveBackup{Target: folder, DryRun: true}, path: "backups/2026-11-27"},
		"one of one kept":          {in: maintenance.SaveBackup{Target: folder, Keep: 1}, path: "backups/2026-11-27", saved: true},
		"to keep files of nowhere": {in: maintenance.SaveBackup{Target: "file", Keep: 1}, path: "file", err: maintenance.ErrKeep},
		"to keep less than one":    {in: maintenance.SaveBackup{Target: folder, Keep: -1}, path: folder, err: maintenance.ErrKeep},
	} {
		backups, files := backupsOf(filled())
		saved, err := backups.Save(t.Context(), operator, c.in, silent{})
		_, exists := files.files[c.path]
		if !errors.Is(err, c.err) || saved.Path != c.path || exists != c.saved || c.err == nil && saved.Rows() != 3 {
			t.Errorf("%s: %+v, %v, the file exists: %t; want %s, %v", name, saved, err, exists, c.path, c.err)
		}
	}
}

func TestTheNewestWholeBackupsAreKept(t *testing.T) {
	for _, dryRun := range []bool{true, false} {
		backups, files := backupsOf(filled())
		day := func(n int) string { return files.Name(folder, started.AddDate(0, 0, -n)) }
		for n := 1; n <= 6; n++ {
			backups.Clock = clock(started.AddDate(0, 0, -n))
			if _, err := backups.Save(t.Context(), operator, maintenance.SaveBackup{Target: folder}, silent{}); err != nil {
				t.Fatal(err)
			}
		}
		for _, n := range []int{1, 3, 6} {
			files.files[day(n)] = files.files[day(n)][:100]
		}
		before := slices.Sorted(maps.Keys(files.files))
		backups.Clock = clock(started)
		saved, err := backups.Save(t.Context(), operator, maintenance.SaveBackup{Target: folder, Keep: 3, DryRun: dryRun}, silent{})
		// Whole are today's, and those of 2 and 4 days ago: the third of them is the last.
		if err != nil || !slices.Equal(saved.Damaged, []string{day(1), day(3)}) || !slices.Equal(saved.Removed, []string{day(5), day(6)}) {
			t.Errorf("dry run %t: removed %v, damaged %v, %v", dryRun, saved.Removed, saved.Damaged, err)
		}
		want := []string{day(4), day(3), day(2), day(1), day(0)}
		if dryRun {
			want = before
		}
		if got := slices.Sorted(maps.Keys(files.files)); !slices.Equal(got, want) {
			t.Errorf("dry run %t: left are %v, want %v", dryRun, got, want)
		}
	}
}

func TestABackupIsVerified(t *testing.T) {
	backups, files := backupsOf(filled())
	saved, err := backups.Save(t.Context(), operator, maintenance.SaveBackup{Target: "whole"}, silent{})
	if err != nil {
		t.Fatal(err)
	}
	files.files["truncated"] = files.files["whole"][:len(files.files["whole"])/2]
	files.files["foreign"] = []byte("SELECT 1;\n")
	for path, want := range map[string]error{
		"whole": nil, "truncated": ports.ErrBackupDamaged, "foreign": ports.ErrBackupForeign, "nowhere": errNoFile,
	} {
		// The database is not needed.
		scratch := empty(domain.SchemaState{})
		backups.Archive.Trial = opening(scratch)
		got, err := maintenance.Backups{Archive: backups.Archive, Clock: clock(started)}.Verify(t.Context(), operator, path, silent{})
		if !errors.Is(err, want) || want == nil && (!reflect.DeepEqual(got, saved.Backup) || len(scratch.rows["tag"]) != 2) {
			t.Errorf("%s: %+v, %v, want %v; tried with %v", path, got, err, want, scratch.rows)
		}
	}
}

// A backup is not whole if the trial of its restoration fails, and a fault of the place of the
// trial says nothing about the backup.
func TestABackupThatCannotBeRestoredIsNotWhole(t *testing.T) {
	format, _ := saved(t, filled())
	full := domain.UnavailableFor(0, "the disk is full", nil)
	for name, c := range map[string]struct {
		fails   error
		damaged bool
	}{
		"a row":    {&ports.RowError{Row: 2, Table: "tag", Cause: errors.New("no id")}, true},
		"the disk": {full, false},
	} {
		scratch, target := empty(domain.SchemaState{}), empty(at(current))
		scratch.fail = c.fails
		format.Trial = opening(scratch)
		_, verified := maintenance.Backups{Archive: format, Clock: clock(started)}.Verify(t.Context(), operator, "backup", silent{})
		_, dry := maintenance.Restores{Archive: format, Clock: clock(started), Open: opening(target)}.Restore(
			t.Context(), operator, "backup", true, silent{})
		for _, err := range []error{verified, dry} {
			if !errors.Is(err, c.fails) || errors.Is(err, ports.ErrBackupDamaged) != c.damaged || c.damaged &&
				!strings.Contains(err.Error(), "backup: the backup is damaged: line 3: table tag: no id") {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

// endlessFormat is the form of backups without an end.
type endlessFormat struct{ archive.Format }

func (endlessFormat) NewReader(io.Reader) (ports.BackupReader, error) { return endlessReader{}, nil }

type endlessReader struct{ ports.BackupReader }

func (endlessReader) Next() (string, []byte, error) { return "tag", []byte("{}"), nil }
func (endlessReader) Close()                        {}

func TestAVerificationEndsWithItsContext(t *testing.T) {
	backups, files := backupsOf(filled())
	backups.Archive.Format = endlessFormat{}
	files.files["large"] = nil
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := backups.Verify(ctx, operator, "large", silent{}); !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v, want %v", err, context.Canceled)
	}
}
