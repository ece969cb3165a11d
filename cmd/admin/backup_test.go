package main

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/migrations"
	"github.com/eosc-perf/backend/adapters/migrations/alembictest"
	"github.com/eosc-perf/backend/cmd/wiring"
	"github.com/eosc-perf/backend/config"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/maintenance"
	"github.com/eosc-perf/backend/ports"
)

// rows are all rows, as a backup has them, sorted. That it was taken leaves no note.
func (p place) rows(t *testing.T) []string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "rows")
	p.mustRun(t, "backup", file)
	if err := p.store(t).DB().Exec("DELETE FROM audit_event WHERE action = 'WriteBackup'").Error; err != nil {
		t.Fatal(err)
	}
	return rowsIn(t, file)
}

// isNote is true for an event about a backup that was written or restored.
func isNote(row string) bool {
	return strings.Contains(row, `"action":"WriteBackup"`) || strings.Contains(row, `"action":"RestoreBackup"`)
}

// rowsIn are the rows of a backup but for the notes of backups, sorted.
func rowsIn(t *testing.T, path string) (rows []string) {
	t.Helper()
	file, err := os.Open(path) //nolint:gosec // the test's own
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	r, err := backupFiles.Format.NewReader(file)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	for {
		table, row, err := r.Next()
		if err != nil {
			break
		}
		rows = append(rows, table+" "+string(row))
	}
	if backup := r.Backup(); backup.Rows() != int64(len(rows)) {
		t.Fatalf("%s is not whole", path)
	}
	rows = slices.DeleteFunc(rows, isNote)
	slices.Sort(rows)
	return rows
}

func TestRowsOfTheEarlierProgramGoToTheEmbeddedDatabaseAndBack(t *testing.T) {
	for _, revision := range []string{alembictest.Last, migrations.Head} {
		t.Run(revision, func(t *testing.T) {
			first, second, third := flask(t), embedded(t), onPostgres(t)
			want := alembictest.Rows(t, first.pool(t), alembictest.Last)
			want = slices.DeleteFunc(want, func(line string) bool { return strings.HasPrefix(line, "alembic_version") })
			if revision == migrations.Head {
				first.upgrade(t, migrations.Head)
			}
			file := filepath.Join(t.TempDir(), "1")
			first.mustRun(t, "backup", file)
			if out := second.mustRun(t, "restore", file); !strings.HasPrefix(out, "Restored 42 rows") {
				t.Errorf("restore printed %q", out)
			}
			second.mustRun(t, "backup", file)
			third.mustRun(t, "restore", file)
			third.upgrade(t, migrations.Head)
			if _, err := third.pool(t).ExecContext(t.Context(), "CREATE TABLE alembic_version (version_num text)"); err != nil {
				t.Fatal(err)
			}
			if got := alembictest.Rows(t, third.pool(t), alembictest.Last); !slices.Equal(got, want) {
				t.Errorf("after the way there and back\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
			if got, want := third.rows(t), first.upgrade(t, migrations.Head).rows(t); !slices.Equal(got, want) {
				t.Errorf("the rows of the last backup are\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
			}
		})
	}
}

// ofFlask is the backup that fromFlask has taken once.
var (
	takeOfFlask sync.Once
	ofFlask     []byte
)

// fromFlask is a backup of the earlier program's rows, at the newest revision.
func fromFlask(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "flask")
	takeOfFlask.Do(func() {
		flask(t).upgrade(t, migrations.Head).mustRun(t, "backup", file)
		var err error
		if ofFlask, err = os.ReadFile(file); err != nil { //nolint:gosec // the test's own
			t.Fatal(err)
		}
	})
	if err := os.WriteFile(file, ofFlask, 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// forge writes the backup anew with other rows, and right sums.
func forge(t *testing.T, path string, change func(header *domain.BackupHeader, row string) string) string {
	t.Helper()
	backup, err := maintenance.Backups{Archive: backupFiles, Clock: wiring.Clock{}}.Verify(t.Context(), operator, path, newBar(io.Discard, ""))
	if err != nil {
		t.Fatal(err)
	}
	header := backup.BackupHeader
	change(&header, "")
	forged := filepath.Join(t.TempDir(), "forged")
	if err := backupFiles.Files.Create(forged, func(to io.Writer) error {
		w, err := backupFiles.Format.NewWriter(to, header)
		if err != nil {
			return err
		}
		for _, row := range inOrder(rowsIn(t, path), header.Tables) {
			table, row, _ := strings.Cut(row, " ")
			if err := w.Row(table, []byte(change(&header, row))); err != nil {
				return err
			}
		}
		_, err = w.Close()
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return forged
}

func inOrder(rows, tables []string) []string {
	place := func(row string) int {
		table, _, _ := strings.Cut(row, " ")
		return slices.Index(tables, table)
	}
	slices.SortStableFunc(rows, func(a, b string) int { return place(a) - place(b) })
	return rows
}

func TestARestoreThatFailsLeavesNothing(t *testing.T) {
	whole := fromFlask(t)
	for kind, empty := range places {
		for name, c := range map[string]struct {
			change func(header *domain.BackupHeader, row string) string
			says   string
		}{
			"a name twice": {func(_ *domain.BackupHeader, row string) string {
				return strings.Replace(row, `"name":"no status"`, `"name":"Zürich"`, 1)
			}, "duplicate"},
			"a claim of no result, seen at the end": {func(_ *domain.BackupHeader, row string) string {
				return strings.Replace(row, `"result_id":"a0000000-0000-4000-8000-000000000005","status":"on_review"`,
					`"result_id":"a0000000-0000-4000-8000-0000000000ff","status":"on_review"`, 1)
			}, "commit"},
			"a newer schema": {func(header *domain.BackupHeader, row string) string {
				header.Revisions = []string{"0123456789ab"}
				return row
			}, "newer program"},
		} {
			t.Run(kind+"/"+name, func(t *testing.T) {
				p, forged := empty(t), forge(t, whole, c.change)
				if _, err := p.run(t, "restore", forged); err == nil || !strings.Contains(err.Error(), c.says) {
					t.Errorf("restored with %v, want an error that says %q", err, c.says)
				}
				if out, err := p.run(t, "backup", filepath.Join(t.TempDir(), "none")); err == nil ||
					!strings.Contains(err.Error(), "nothing to back up") {
					t.Errorf("tables are left: %s, %v", out, err)
				}
				p = atHead[kind](t)
				if _, err := p.run(t, "restore", forged); err == nil {
					t.Error("restored")
				}
				if rows := p.rows(t); len(rows) > 0 {
					t.Errorf("rows are left: %v", rows)
				}
				p.mustRun(t, "restore", whole)
			})
		}
	}
}

func TestWhatRestoreRefuses(t *testing.T) {
	whole := fromFlask(t)
	text, err := os.ReadFile(whole) //nolint:gosec // the test's own
	if err != nil {
		t.Fatal(err)
	}
	damaged := filepath.Join(t.TempDir(), "damaged")
	text[len(text)/2] ^= 4
	if err := os.WriteFile(damaged, text, 0o600); err != nil {
		t.Fatal(err)
	}
	for kind, empty := range places {
		t.Run(kind, func(t *testing.T) {
			p := empty(t)
			for _, c := range [][2]string{{damaged, "damaged"}, {"backup_test.go", "no backup"}, {"nowhere", "nowhere"}} {
				if _, err := p.run(t, "restore", c[0]); err == nil || !strings.Contains(err.Error(), c[1]) {
					t.Errorf("%s: %v, want %q", c[0], err, c[1])
				}
			}
			if _, err := os.Stat(wiring.DatabaseFile(p.settings)); p.settings.Driver == config.SQLite && err == nil {
				t.Error("a database was made for a backup that is none")
			}
			p.upgrade(t, alembictest.Last)
			if _, err := p.run(t, "restore", whole); err == nil || !strings.Contains(err.Error(), "migrate upgrade ") {
				t.Errorf("an older schema: %v", err)
			}
			p.upgrade(t, migrations.Head)
			if out := p.mustRun(t, "restore", whole, "--dry-run"); !strings.HasPrefix(out, "Would restore 42 rows") || len(p.rows(t)) > 0 {
				t.Errorf("a dry run printed %q", out)
			}
			p.mustRun(t, "restore", whole)
			for _, args := range [][]string{{"restore", whole}, {"restore", whole, "--dry-run"}} {
				if _, err := p.run(t, args...); !errors.Is(err, ports.ErrNotEmpty) {
					t.Errorf("%v of a database that has rows: %v", args, err)
				}
			}
			if got := p.rows(t); !slices.Equal(got, sortedRows(t, whole)) {
				t.Errorf("it was changed to %v", got)
			}
		})
	}
}

func sortedRows(t *testing.T, path string) []string {
	t.Helper()
	rows := rowsIn(t, path)
	slices.Sort(rows)
	return rows
}

func TestABackupIsOfOneMoment(t *testing.T) {
	for kind, ready := range atHead {
		t.Run(kind, func(t *testing.T) {
			p := ready(t)
			store := p.store(t)
			// A tag and a mail are written together, over and over, but not without a pause:
			// each backup reads all of them.
			stop, done := make(chan struct{}), make(chan error, 1)
			go func() {
				for {
					select {
					case <-stop:
						done <- nil
						return
					case <-time.After(time.Millisecond):
					}
					if err := store.Do(t.Context(), writePair); err != nil {
						done <- err
						return
					}
				}
			}()
			for range 20 {
				counts := map[string]int{}
				for _, row := range p.rows(t) {
					table, _, _ := strings.Cut(row, " ")
					counts[table]++
				}
				if counts["tag"] != counts["outbox"] {
					t.Errorf("a backup has %d tags and %d mails", counts["tag"], counts["outbox"])
				}
			}
			close(stop)
			if err := <-done; err != nil {
				t.Error(err)
			}
			if len(p.rows(t)) < 10 {
				t.Error("too little was written for this to mean anything")
			}
		})
	}
}

func writePair(ctx context.Context, r ports.Repos) error {
	id, now := uuid.New(), time.Now().UTC()
	if err := r.Outbox.Enqueue(ctx, &domain.OutgoingMail{ID: id, CreatedAt: now, NextAttemptAt: now, GiveUpAt: now}); err != nil {
		return err
	}
	return r.Tags.Add(ctx, &domain.Tag{ID: id, Name: id.String()})
}

func TestFolderOfBackups(t *testing.T) {
	p := atHead["sqlite"](t)
	folder := t.TempDir()
	old := backupFiles.Files.Name(folder, time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC))
	if out := p.mustRun(t, "backup", old, "--dry-run"); !strings.Contains(out, " would be whole: of ") {
		t.Errorf("a dry run printed %q", out)
	}
	if _, err := os.Stat(old); err == nil {
		t.Error("a dry run wrote a backup")
	}
	p.mustRun(t, "backup", old)
	if out := p.mustRun(t, "backup", folder, "--keep", "1", "--dry-run"); !strings.Contains(out, "Would remove "+old) {
		t.Errorf("a dry run printed %q", out)
	}
	if out := p.mustRun(t, "backup", folder, "--keep", "2", "--dry-run", "--json"); !strings.Contains(out, `"removed": []`) {
		t.Errorf("a dry run that removes nothing printed %q", out)
	}
	p.mustRun(t, "backup", "verify", old)
	out := p.mustRun(t, "backup", folder, "--keep", "1", "--json")
	var told struct {
		File    string
		Removed []string
	}
	entries, _ := os.ReadDir(folder)
	if err := json.Unmarshal([]byte(out), &told); err != nil || len(entries) != 1 || filepath.Join(folder, entries[0].Name()) != told.File ||
		!slices.Equal(told.Removed, []string{old}) {
		t.Errorf("told %s (%v), the folder holds %v", out, err, entries)
	}
	if out := p.mustRun(t, "backup", "verify", told.File); !strings.Contains(out, "is whole") {
		t.Errorf("verify printed %q", out)
	}
	for _, args := range [][]string{{"backup", filepath.Join(folder, "x"), "--keep", "2"}, {"backup", folder, "--keep", "-1"},
		{"backup", "verify", old}} {
		if out, err := p.run(t, args...); err == nil {
			t.Errorf("%v: %s", args, out)
		}
	}
}

func TestARestoreThatIsInterruptedLeavesNothing(t *testing.T) {
	whole := rowsIn(t, fromFlask(t))
	for kind, ready := range atHead {
		t.Run(kind, func(t *testing.T) {
			p := ready(t)
			ctx, cancel := context.WithCancel(t.Context())
			err := p.database(t).rows().Restore(ctx, func(ctx context.Context, to ports.Restoration) error {
				for i, row := range inOrder(whole, []string{"user", "submit", "tag", "benchmark", "site", "flavor", "claim", "result", "result_tags",
					"outbox"}) {
					if i == len(whole)/2 {
						cancel()
					}
					table, row, _ := strings.Cut(row, " ")
					if err := to.Insert(ctx, table, []byte(row)); err != nil {
						return err
					}
				}
				return nil
			})
			if !errors.Is(err, context.Canceled) {
				t.Errorf("restored with %v", err)
			}
			if rows := p.rows(t); len(rows) > 0 {
				t.Errorf("rows are left: %v", rows)
			}
		})
	}
}
