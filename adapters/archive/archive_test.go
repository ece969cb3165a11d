package archive

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"
)

var header = Header{Created: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC), Program: "test", Database: "sqlite", Revisions: []string{"a885b41d4e4c"}, Tables: []string{"user", "tag", "result"}}

// example is a backup of 40 rows, of which table tag has none.
func example(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := NewWriter(&out, header)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 40 {
		if err := w.Row([]string{"user", "result"}[i/20], fmt.Appendf(nil, `{"n":%d,"t":"%x"}`, i, rand.Uint64())); err != nil { //nolint:gosec // no secret
			t.Fatal(err)
		}
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func check(backup []byte) (Manifest, error) {
	_, manifest, err := Check(bytes.NewReader(backup), func() {})
	return manifest, err
}

func TestABackupIsReadAsItWasWritten(t *testing.T) {
	manifest, err := check(example(t))
	if err != nil || manifest.Rows() != 40 || len(manifest.Tables) != 3 || manifest.Tables[1].Rows != 0 || manifest.Tables[2].Rows != 20 {
		t.Errorf("read %+v, %v", manifest, err)
	}
}

func TestNoFlippedBitChangesARow(t *testing.T) {
	backup := example(t)
	want, err := check(backup)
	if err != nil {
		t.Fatal(err)
	}
	for place := range backup {
		for bit := range 8 {
			flipped := slices.Clone(backup)
			flipped[place] ^= 1 << bit
			got, err := check(flipped)
			known := errors.Is(err, ErrDamaged) || errors.Is(err, ErrForeign) || errors.Is(err, ErrNewer)
			// A few bits are about how it is compressed, and change nothing of the rows.
			harmless := err == nil && slices.Equal(got.Tables, want.Tables)
			if !known && !harmless {
				t.Fatalf("bit %d of byte %d of %d flipped: read %+v, %v", bit, place, len(backup), got, err)
			}
		}
	}
}

func TestATruncatedBackupIsDamaged(t *testing.T) {
	backup := example(t)
	for length := range backup {
		if _, err := check(backup[:length]); !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrForeign) {
			t.Fatalf("%d of %d bytes: %v", length, len(backup), err)
		}
	}
}

// compressed are lines that nobody summed up.
func compressed(t *testing.T, lines ...string) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	return w.EncodeAll([]byte(strings.Join(lines, "")), nil)
}

func TestWhatIsNoBackup(t *testing.T) {
	const first = `{"backup":{"format":"eosc-perf-backup","version":1,"tables":["user"]}}` + "\n"
	for name, c := range map[string]struct {
		file []byte
		want error
	}{
		"nothing":               {nil, ErrForeign},
		"text":                  {[]byte("SELECT 1;\n"), ErrForeign},
		"compressed text":       {compressed(t, "SELECT 1;\n"), ErrForeign},
		"a long line":           {compressed(t, strings.Repeat("x", 1<<20)), ErrForeign},
		"another format":        {compressed(t, `{"backup":{"format":"other","version":1}}`+"\n"), ErrForeign},
		"a newer version":       {compressed(t, `{"backup":{"format":"eosc-perf-backup","version":2}}`+"\n"), ErrNewer},
		"no manifest":           {compressed(t, first), ErrDamaged},
		"no row":                {compressed(t, first, "row\n"), ErrDamaged},
		"an unknown table":      {compressed(t, first, `{"other":{}}`+"\n"), ErrDamaged},
		"a manifest without it": {compressed(t, first, `{"manifest":{}}`+"\n"), ErrDamaged},
		"two backups":           {append(example(t), example(t)...), ErrDamaged},
		"something behind":      {append(example(t), compressed(t, "\n")...), ErrDamaged},
		"garbage behind":        {append(example(t), "garbage"...), ErrDamaged},
	} {
		if _, err := check(c.file); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

func TestADiskThatFailsIsNotTheBackupsFault(t *testing.T) {
	disk := errors.New("input/output error")
	for _, length := range []int{0, 200} {
		_, _, err := Check(io.MultiReader(bytes.NewReader(example(t)[:length]), failing{disk}), func() {})
		if !errors.Is(err, disk) || errors.Is(err, ErrDamaged) || errors.Is(err, ErrForeign) {
			t.Errorf("after %d bytes: %v", length, err)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestAWriterWantsTheTablesInOrder(t *testing.T) {
	w, err := NewWriter(io.Discard, header)
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Row("tag", []byte("{}")); err != nil {
		t.Fatal(err)
	}
	if err := w.Row("user", []byte("{}")); err == nil {
		t.Error("a row of a table that was over was written")
	}
	w.Abandon()
}

func TestAFailureLeavesTheFileThatWasThere(t *testing.T) {
	folder := t.TempDir()
	path := filepath.Join(folder, "file")
	if err := Create(path, func(w io.Writer) error { _, err := w.Write([]byte("old")); return err }); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	if err := Create(path, func(w io.Writer) error { _, _ = w.Write([]byte("new")); return broken }); !errors.Is(err, broken) {
		t.Errorf("the error is %v", err)
	}
	text, err := os.ReadFile(path) //nolint:gosec // the test's own
	entries, _ := os.ReadDir(folder)
	if err != nil || string(text) != "old" || len(entries) != 1 {
		t.Errorf("the file holds %q (%v), the folder %v", text, err, entries)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others may read it: %v, %v", info.Mode(), err)
	}
}

func TestRotationKeepsTheNewestWholeBackups(t *testing.T) {
	folder := t.TempDir()
	day := func(n int) string { return filepath.Join(folder, Name(header.Created.AddDate(0, 0, n))) }
	for n := range 6 {
		text := example(t)
		if n == 4 || n == 0 {
			text = text[:100]
		}
		if err := os.WriteFile(day(n), text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, other := range []string{"notes.txt", "eosc-perf-20261199T000000Z.backup", "eosc-perf-before-upgrade.backup"} {
		if err := os.WriteFile(filepath.Join(folder, other), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	got, err := Rotate(folder, 2)
	want := Rotation{Kept: []string{day(5), day(3)}, Damaged: []string{day(4)}, Removed: []string{day(2), day(1), day(0)}}
	entries, _ := os.ReadDir(folder)
	if err != nil || !slices.Equal(got.Kept, want.Kept) || !slices.Equal(got.Damaged, want.Damaged) || !slices.Equal(got.Removed, want.Removed) || len(entries) != 6 {
		t.Errorf("%+v, %v, and %d files are left; want %+v", got, err, len(entries), want)
	}
}
