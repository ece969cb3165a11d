package migrations

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// file is a revision file; created is an hour of one day, options are header lines.
func file(id, parents string, created int, up string, options ...string) string {
	return fmt.Sprintf("-- revision: %s\n-- parent: %s\n-- message: revision %s\n-- created: 2030-01-01T%02d:00:00Z\n%s\n-- +up\n%s\n-- "+
		"+down\n",
		id, parents, id, created, strings.Join(options, "\n"), up)
}

func directory(files ...string) fs.FS {
	out := fstest.MapFS{"README.md": {Data: []byte("not a revision")}}
	for i, text := range files {
		out[fmt.Sprintf("%d.sql", i)] = &fstest.MapFile{Data: []byte(text)}
	}
	return out
}

const (
	idA = "aaaaaaaaaaaa"
	idB = "bbbbbbbbbbbb"
	idC = "cccccccccccc"
	idD = "dddddddddddd"
)

func TestLoadedRevisionsComeParentsFirst(t *testing.T) {
	for name, c := range map[string]struct {
		directories []fs.FS
		want        []string
	}{
		"a chain against the order of files": {[]fs.FS{directory(file(idC, idB, 1, ""), file(idB, idA, 2, ""), file(idA, "", 3, ""))},
			[]string{idA, idB, idC}},
		"branches by age": {[]fs.FS{directory(file(idB, idA, 3, ""), file(idC, idA, 2, ""), file(idA, "", 1, ""))},
			[]string{idA, idC, idB}},
		"branches of equal age by id": {[]fs.FS{directory(file(idC, idA, 2, ""), file(idB, idA, 2, ""), file(idA, "", 1, ""))},
			[]string{idA, idB, idC}},
		"a merge": {[]fs.FS{directory(file(idD, idC+", "+idB, 1, ""), file(idC, idA, 2, ""), file(idB, idA, 2, ""), file(idA, "", 9, ""))},
			[]string{idA, idB, idC, idD}},
		"another directory": {[]fs.FS{directory(file(idA, "", 1, "")), directory(file(idB, idA, 2, ""))},
			[]string{idA, idB}},
		"the same revision in two directories": {[]fs.FS{directory(file(idA, "", 1, "X")), directory(file(idA, "", 1, "X"))},
			[]string{idA}},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := loadAll(postgres, c.directories)
			if err != nil || !slices.Equal(IDs(got), c.want) {
				t.Errorf("loaded %v (%v), want %v", IDs(got), err, c.want)
			}
		})
	}
}

func TestLoadRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		dialect     string
		directories []fs.FS
		want        string
	}{
		"a missing parent": {postgres, []fs.FS{directory(file(idB, idA, 1, ""))},
			"revision bbbbbbbbbbbb has the parent aaaaaaaaaaaa, which does not exist"},
		"a cycle": {postgres, []fs.FS{directory(file(idA, idB, 1, ""), file(idB, idA, 1, ""))},
			"aaaaaaaaaaaa, bbbbbbbbbbbb are in a cycle"},
		"its own parent": {postgres, []fs.FS{directory(file(idA, idA, 1, ""))}, "aaaaaaaaaaaa are in a cycle"},
		"one id, two scripts": {postgres, []fs.FS{directory(file(idA, "", 1, "X")), directory(file(idA, "", 1, "Y"))},
			"revision aaaaaaaaaaaa (0.sql) contradicts another of the same id"},
		"a bad file": {postgres, []fs.FS{directory("x")}, `revision file 0.sql: header line "x"`},
		"no transaction in SQLite": {sqlite, []fs.FS{directory(file(idA, "", 1, "", "-- transaction: none"))},
			"revision aaaaaaaaaaaa: SQLite runs revisions in a transaction only"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := loadAll(c.dialect, c.directories)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("loaded %v, error %v, want an error with %q", IDs(got), err, c.want)
			}
		})
	}
}

func TestLoadAddsExtraDirectoriesToTheEmbeddedRevisions(t *testing.T) {
	got, err := Load(sqlite, directory(file(idA, headRevision, 1, "")))
	want := append(slices.Clone(embeddedIDs), idA)
	if err != nil || !slices.Equal(IDs(got), want) {
		t.Errorf("loaded %v (%v), want %v", IDs(got), err, want)
	}
	if _, err := Load("mysql"); err == nil || !strings.Contains(err.Error(), `"mysql"`) {
		t.Errorf("loading for mysql gave the error %v, want one that names it", err)
	}
}

func TestBothDialectsHaveTheSameHistory(t *testing.T) {
	forPostgres, forSQLite := load(t, postgres), load(t, sqlite)
	if len(forPostgres) != len(forSQLite) {
		t.Fatalf("PostgreSQL has the revisions %v, SQLite %v", IDs(forPostgres), IDs(forSQLite))
	}
	for i, p := range forPostgres {
		s := forSQLite[i]
		if p.ID != s.ID || !slices.Equal(p.Parents, s.Parents) || p.Message != s.Message || p.Compatible != s.Compatible ||
			!p.Created.Equal(s.Created) {
			t.Errorf("headers differ:\nPostgreSQL %s %v %q %s\nSQLite     %s %v %q %s",
				p.ID, p.Parents, p.Message, p.Created, s.ID, s.Parents, s.Message, s.Created)
		}
		if !slices.Equal(p.Drops, s.Drops) {
			t.Errorf("revision %s drops %v in PostgreSQL and %v in SQLite", p.ID, p.Drops, s.Drops)
		}
		if p.Down == nil || s.Down == nil {
			t.Errorf("revision %s has no way down", p.ID)
		}
	}
}

// denied is a folder that may not be read.
type denied struct{ fs.FS }

func (denied) Open(name string) (fs.File, error) {
	return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrPermission}
}

func TestAFolderThatCannotBeReadIsNotTakenForEmpty(t *testing.T) {
	if _, err := Load(postgres, denied{}); err == nil || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("load gave the error %v, want %v", err, fs.ErrPermission)
	}
	if got, err := Load(postgres, os.DirFS(t.TempDir()+"/nowhere")); err != nil || len(got) != len(embeddedIDs) {
		t.Errorf("load gave %v (%v), want the embedded ones: a folder for one dialect may be missing", IDs(got), err)
	}
}
