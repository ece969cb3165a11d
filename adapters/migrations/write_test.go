package migrations

import (
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// What is written is what is read.
func TestFormattedRevisionsAreParsedBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.StringMatching(`[0-9a-f]{12}`)
		script := rapid.StringMatching(`[A-Za-z;]([A-Za-z(),;' ]*[A-Za-z;])?`)
		want := Revision{
			ID:            id.Draw(t, "id"),
			Parents:       rapid.SliceOfNDistinct(id, 0, 3, rapid.ID[string]).Draw(t, "parents"),
			Message:       rapid.StringMatching(`[a-z:"ü]([a-z :"ü]*[a-z:"ü])?`).Draw(t, "message"),
			Created:       time.Unix(rapid.Int64Range(0, 4e9).Draw(t, "created"), 0).UTC(),
			Transactional: rapid.Bool().Draw(t, "transactional"),
			Compatible:    rapid.Bool().Draw(t, "compatible"),
			Drops:         rapid.SliceOfN(rapid.StringMatching(`[a-z_]+(\.[a-z_]+)?`), 0, 3).Draw(t, "drops"),
			Up:            rapid.SliceOfN(script, 0, 3).Draw(t, "up"),
		}
		if rapid.Bool().Draw(t, "undoable") {
			want.Down = rapid.SliceOfN(script, 0, 3).Draw(t, "down")
		}
		text := Format(want)
		got, err := parse(text)
		if err != nil || !got.equal(want) || got.Message != want.Message || !got.Created.Equal(want.Created) {
			t.Fatalf("%q\n got %+v (%v)\nwant %+v", text, got, err, want)
		}
	})
}

func TestWrittenRevisionsAreLoaded(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "migrations", "versions")
	created := time.Date(2030, 1, 1, 0, 0, 0, 0, time.UTC)
	r := Revision{ID: idA, Parents: []string{headRevision}, Message: "m", Created: created, Transactional: true, Down: []string{}}
	texts := map[string]string{postgres: Format(r), sqlite: Format(r)}
	paths, err := Write(folder, FileName(7, idA), texts)
	want := []string{filepath.Join(folder, "postgres", "0007_"+idA+".sql"), filepath.Join(folder, "sqlite", "0007_"+idA+".sql")}
	if err != nil || !slices.Equal(paths, want) {
		t.Fatalf("wrote %v (%v), want %v", paths, err, want)
	}
	for _, dialect := range Dialects() {
		revisions, err := Load(dialect, os.DirFS(filepath.Join(folder, dialect)))
		if err != nil {
			t.Fatal(err)
		}
		last := revisions[len(revisions)-1]
		r.File = FileName(7, idA)
		if !reflect.DeepEqual(last, r) {
			t.Errorf("loaded %+v, want %+v", last, r)
		}
	}
}

func TestFilesAreWrittenAllOrNone(t *testing.T) {
	folder := t.TempDir()
	if err := os.MkdirAll(filepath.Join(folder, "sqlite", "0007_x.sql"), 0o755); err != nil { // in the way of the second file
		t.Fatal(err)
	}
	paths, err := Write(folder, "0007_x.sql", map[string]string{postgres: "a", sqlite: "b"})
	if err == nil || len(paths) > 0 || !strings.Contains(err.Error(), folder) || !strings.Contains(err.Error(), "--directory") {
		t.Errorf("wrote %v with the error %v, want nothing and an error that says what to do", paths, err)
	}
	if _, err := os.Stat(filepath.Join(folder, "postgres", "0007_x.sql")); err == nil {
		t.Error("the first file stayed")
	}
}
