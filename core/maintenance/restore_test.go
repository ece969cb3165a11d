package maintenance_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/maintenance"
	"github.com/eosc-perf/backend/ports"
)

// saved is a backup of a database, of three rows, in the file "backup".
func saved(t *testing.T, of *tables) (maintenance.Archive, *memoryFiles) {
	t.Helper()
	backups, files := backupsOf(of)
	if _, err := backups.Save(t.Context(), operator, maintenance.SaveBackup{Target: "backup"}, silent{}); err != nil {
		t.Fatal(err)
	}
	return backups.Archive, files
}

// empty is a database without rows. It has tables if the state has revisions.
func empty(state domain.SchemaState) *tables {
	return &tables{known: []string{older, current, newest}, state: state, names: []string{"user", "tag"}}
}

func TestWhenABackupIsRestored(t *testing.T) {
	broken := errors.New("the disk is full")
	for name, c := range map[string]struct {
		of     func(*tables)
		into   domain.SchemaState
		change func(*tables)
		// calls are the changes of the schema.
		calls []string
		is    error
		says  string
	}{
		"no tables":              {calls: []string{"create " + current, "note RestoreBackup"}},
		"tables of the revision": {into: at(current), calls: []string{"note RestoreBackup"}},
		"no tables, and it fails": {
			change: func(d *tables) { d.fail = broken }, calls: []string{"create " + current, "drop"}, is: broken,
		},
		"no tables, and others were first": {
			change: func(d *tables) { d.rows = map[string][]string{"tag": {"{}"}} }, calls: []string{"create " + current}, is: ports.ErrNotEmpty,
		},
		"tables of the revision, and it fails": {into: at(current), change: func(d *tables) { d.fail = broken }, is: broken},
		"rows": {into: at(current), change: func(d *tables) { d.rows = map[string][]string{"tag": {"{}"}} },
			is: ports.ErrNotEmpty},
		"a table that the backup lacks": {into: at(current), change: func(d *tables) { d.names = []string{"user", "tag", "site"} },
			is: ports.ErrBackupDamaged, says: "it has no table site"},
		"older tables": {into: at(older), says: "migrate upgrade " + current},
		"newer tables": {into: at(newest), says: "migrate downgrade " + current},
		"tables of a newer program": {
			into: domain.SchemaState{Applied: []string{current}, Heads: []string{current},
				Unknown: []string{"dddddddddddd"}}, is: domain.ErrUnknownRevision,
		},
		"nothing but tables of a newer program": {into: domain.SchemaState{Unknown: []string{"dddddddddddd"}}, is: domain.ErrUnknownRevision},
		"the earlier program's tables": {
			into: domain.SchemaState{Applied: []string{current}, Heads: []string{current}, Inherited: true}, says: "the earlier program's",
		},
		"tables that were changed meanwhile": {
			into: at(current), change: func(d *tables) { state := at(newest); d.stateInside = &state }, says: "migrate downgrade " + current,
		},
		"a backup of a newer program": {
			of: func(d *tables) {
				d.state = domain.SchemaState{Applied: []string{"eeeeeeeeeeee"}, Heads: []string{"eeeeeeeeeeee"}}
			},
			is: ports.ErrBackupNewer, says: "eeeeeeeeeeee, which this program does not know: use the admin of the program that wrote it (1.2.3)",
		},
		"no tables, and a backup between two branches": {
			of: func(d *tables) { d.state.Heads = []string{older, current} }, says: "migrate upgrade` first",
		},
	} {
		source := filled()
		if c.of != nil {
			c.of(source)
		}
		format, _ := saved(t, source)
		target := empty(c.into)
		if c.change != nil {
			c.change(target)
		}
		before := maps.Clone(target.rows)
		var progress steps
		restores := maintenance.Restores{Archive: format, Clock: clock(started), Open: opening(target)}
		restored, err := restores.Restore(t.Context(), operator, "backup", false, &progress)
		if !slices.Equal(target.calls, c.calls) {
			t.Errorf("%s: the schema was changed by %q, want %q", name, target.calls, c.calls)
		}
		if c.is == nil && c.says == "" {
			if err != nil || !maps.EqualFunc(target.rows, source.rows, slices.Equal) || restored.Rows() != 3 ||
				!slices.Equal(progress, []int64{1, 3, 2, 3, 3, 3}) {
				t.Errorf("%s: restored %v in the steps %v, %v", name, target.rows, progress, err)
			}
			continue
		}
		if err == nil || c.is != nil && !errors.Is(err, c.is) || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: the error is %v, want %v that says %q", name, err, c.is, c.says)
		}
		if !maps.EqualFunc(target.rows, before, slices.Equal) {
			t.Errorf("%s: the rows are %v, and were %v", name, target.rows, before)
		}
	}
}

// opening opens the database.
func opening(database *tables) func(context.Context, func(maintenance.Database) error) error {
	return func(_ context.Context, work func(maintenance.Database) error) error {
		return work(maintenance.Database{Tables: database, Schema: database})
	}
}

func TestADryRunOfARestorationChangesNothing(t *testing.T) {
	format, _ := saved(t, filled())
	for name, c := range map[string]struct {
		into *tables
		want error
	}{
		"no tables":      {empty(domain.SchemaState{}), nil},
		"without rows":   {empty(at(current)), nil},
		"with some rows": {filled(), ports.ErrNotEmpty},
	} {
		before := maps.Clone(c.into.rows)
		format.Trial = opening(empty(domain.SchemaState{}))
		restores := maintenance.Restores{Archive: format, Clock: clock(started), Open: opening(c.into)}
		restored, err := restores.Restore(t.Context(), operator, "backup", true, silent{})
		if !errors.Is(err, c.want) || restored.Rows() != 3 || len(c.into.calls) > 0 || !maps.EqualFunc(c.into.rows, before, slices.Equal) {
			t.Errorf("%s: %+v, %v, and then the rows are %v", name, restored, err, c.into.rows)
		}
	}
}

func TestADatabaseIsOpenedForAWholeBackupOnly(t *testing.T) {
	format, files := saved(t, filled())
	whole := files.files["backup"]
	files.files["damaged"], files.files["foreign"] = whole[:len(whole)/2], []byte("SELECT 1;\n")
	for path, want := range map[string]error{"damaged": ports.ErrBackupDamaged, "foreign": ports.ErrBackupForeign, "nowhere": errNoFile} {
		restores := maintenance.Restores{Archive: format, Open: func(context.Context, func(maintenance.Database) error) error {
			t.Errorf("%s: the database was opened", path)
			return nil
		}}
		if _, err := restores.Restore(t.Context(), operator, path, false, silent{}); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", path, err, want)
		}
	}
}

func TestAFileThatChangesAfterItWasCheckedIsNotRestored(t *testing.T) {
	format, files := saved(t, filled())
	files.onSeek = func(text []byte) []byte { return text[:len(text)-10] }
	target := empty(at(current))
	restores := maintenance.Restores{Archive: format, Clock: clock(started), Open: opening(target)}
	_, err := restores.Restore(t.Context(), operator, "backup", false, silent{})
	if !errors.Is(err, ports.ErrBackupDamaged) || len(target.rows) > 0 {
		t.Errorf("%v, and then the rows are %v", err, target.rows)
	}
}
