package archive

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/klauspost/compress/zstd"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

var exampleHeader = domain.BackupHeader{Created: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC), Program: "test", Database: "sqlite",
	Revisions: []string{"a885b41d4e4c"}, Tables: []string{"user", "tag", "result"}}

var files = Files{}

// example is a backup of 40 rows, of which table tag has none.
func example(t *testing.T) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := Format{}.NewWriter(&out, exampleHeader)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 40 {
		if err := w.Row([]string{"user", "result"}[i/20], fmt.Appendf(nil, `{"n":%d,"t":"%x"}`, i, //nolint:gosec // no secret
			rand.Uint64())); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// read reads a backup to its end.
func read(from io.Reader) (domain.Backup, error) {
	r, err := Format{}.NewReader(from)
	if err != nil {
		return domain.Backup{}, err
	}
	defer r.Close()
	for {
		if _, _, err := r.Next(); errors.Is(err, io.EOF) {
			return r.Backup(), nil
		} else if err != nil {
			return domain.Backup{}, err
		}
	}
}

func check(backup []byte) (domain.Backup, error) { return read(bytes.NewReader(backup)) }

func TestABackupIsReadAsItWasWritten(t *testing.T) {
	backup, err := check(example(t))
	if err != nil || backup.Rows() != 40 || len(backup.Contents) != 3 || backup.Contents[1].Rows != 0 || backup.Contents[2].Rows != 20 {
		t.Errorf("read %+v, %v", backup, err)
	}
	if !reflect.DeepEqual(backup.BackupHeader, exampleHeader) {
		t.Errorf("the header is %+v, want %+v", backup.BackupHeader, exampleHeader)
	}
}

func TestNoFlippedBitChangesARow(t *testing.T) {
	backup := example(t)
	want, err := check(backup)
	if err != nil {
		t.Fatal(err)
	}
	// Each byte has another bit flipped than its neighbours.
	for place := range backup {
		bit := place % 8
		flipped := slices.Clone(backup)
		flipped[place] ^= 1 << bit
		got, err := check(flipped)
		known := errors.Is(err, ports.ErrBackupDamaged) || errors.Is(err, ports.ErrBackupForeign) || errors.Is(err, ports.ErrBackupNewer)
		// A few bits are about how it is compressed, and change nothing of the rows.
		harmless := err == nil && slices.Equal(got.Contents, want.Contents)
		if !known && !harmless {
			t.Fatalf("bit %d of byte %d of %d flipped: read %+v, %v", bit, place, len(backup), got, err)
		}
	}
}

func TestATruncatedBackupIsDamaged(t *testing.T) {
	backup := example(t)
	for length := range backup {
		if _, err := check(backup[:length]); !errors.Is(err, ports.ErrBackupDamaged) && !errors.Is(err, ports.ErrBackupForeign) {
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
		"nothing":         {nil, ports.ErrBackupForeign},
		"text":            {[]byte("SELECT 1;\n"), ports.ErrBackupForeign},
		"compressed text": {compressed(t, "SELECT 1;\n"), ports.ErrBackupForeign},
		"a long line":     {compressed(t, strings.Repeat("x", 1<<20)), ports.ErrBackupForeign},
		"a header with escapes": {
			compressed(t, `{"backup":{"format":"eosc-perf-backup","version":1,"program":"\u001b[2J"}}`+"\n"),
			ports.ErrBackupForeign,
		},
		"another format":        {compressed(t, `{"backup":{"format":"other","version":1}}`+"\n"), ports.ErrBackupForeign},
		"no version":            {compressed(t, `{"backup":{"format":"eosc-perf-backup"}}`+"\n"), ports.ErrBackupForeign},
		"a newer version":       {compressed(t, `{"backup":{"format":"eosc-perf-backup","version":2}}`+"\n"), ports.ErrBackupNewer},
		"no manifest":           {compressed(t, first), ports.ErrBackupDamaged},
		"no row":                {compressed(t, first, "row\n"), ports.ErrBackupDamaged},
		"an unknown table":      {compressed(t, first, `{"other":{}}`+"\n"), ports.ErrBackupDamaged},
		"a manifest without it": {compressed(t, first, `{"manifest":{}}`+"\n"), ports.ErrBackupDamaged},
		"two backups":           {append(example(t), example(t)...), ports.ErrBackupDamaged},
		"something behind":      {append(example(t), compressed(t, "\n")...), ports.ErrBackupDamaged},
		"garbage behind":        {append(example(t), "garbage"...), ports.ErrBackupDamaged},
	} {
		if _, err := check(c.file); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
	}
}

// TestDamageIsNamedByItsLine: the header is line 1.
func TestDamageIsNamedByItsLine(t *testing.T) {
	const first = `{"backup":{"format":"eosc-perf-backup","version":1,"tables":["user"]}}` + "\n"
	const row = `{"user":{}}` + "\n"
	for name, c := range map[string]struct {
		file []byte
		says string
	}{
		"no header":     {compressed(t, "SELECT 1;\n"), "its first line"},
		"no row":        {compressed(t, first, row, "row\n"), "line 3: this is no row"},
		"broken JSON":   {compressed(t, first, row, row, `{"user":{"a":tru}}`+"\n"), "line 4: this is no row"},
		"another table": {compressed(t, first, row, `{"tag":{}}`+"\n"), `line 3: a row of table "tag" is out of place`},
		"cut off":       {compressed(t, first, row, `{"user":`), "it ends too early, in line 3"},
		"a row too large": {
			compressed(t, first, row, `{"user":"`+strings.Repeat("x", DefaultMaxRow)+`"}`+"\n"),
			"line 3: a row has more than 16777216 bytes",
		},
	} {
		if _, err := check(c.file); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want an error that says %q", name, err, c.says)
		}
	}
}

func TestTheLargestRowIsCounted(t *testing.T) {
	var out bytes.Buffer
	w, err := Format{}.NewWriter(&out, exampleHeader)
	if err != nil {
		t.Fatal(err)
	}
	row := []byte(`"` + strings.Repeat("x", 1000) + `"`)
	if err := errors.Join(w.Row("user", []byte("{}")), w.Row("user", row)); err != nil {
		t.Fatal(err)
	}
	written, err := w.Close()
	read, readErr := check(out.Bytes())
	if want := len(row) + len(`{"user":}`+"\n"); err != nil || readErr != nil || written.LargestRow != want || read.LargestRow != want {
		t.Errorf("%d bytes written (%v), %d read (%v), want %d", written.LargestRow, err, read.LargestRow, readErr, want)
	}
	for limit, want := range map[int]bool{len(row) + 10: true, len(row) + 9: false} {
		r, err := Format{MaxRow: limit}.NewReader(bytes.NewReader(out.Bytes()))
		for err == nil {
			_, _, err = r.Next()
		}
		if _, long := errors.AsType[*ports.LongRowError](err); errors.Is(err, io.EOF) != want || long == want {
			t.Errorf("with rows of up to %d bytes: %v", limit, err)
		}
	}
}

// longLine is a line without an end, or with one after 1,000 MiB.
type longLine struct{ written int }

func (l *longLine) Read(p []byte) (int, error) {
	const size = 1000 << 20
	if l.written >= size {
		return 0, io.EOF
	}
	for i := range p {
		p[i] = 'x'
	}
	l.written += len(p)
	return len(p), nil
}

// TestABombCostsLittleMemory: a file of 33 KB that unpacks to a line of 1,000 MiB, and one that
// asks for a large window.
func TestABombCostsLittleMemory(t *testing.T) {
	var bomb bytes.Buffer
	w, err := zstd.NewWriter(&bomb)
	if err != nil {
		t.Fatal(err)
	}
	const first = `{"backup":{"format":"eosc-perf-backup","version":1,"tables":["user"]}}` + "\n" + `{"user":"`
	if _, err := io.Copy(w, io.MultiReader(strings.NewReader(first), &longLine{})); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var wide bytes.Buffer
	if w, err = zstd.NewWriter(&wide, zstd.WithWindowSize(512<<20), zstd.WithEncoderConcurrency(1)); err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(w, io.MultiReader(strings.NewReader(first), io.LimitReader(&longLine{}, 20<<20))); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	for name, file := range map[string][]byte{"a long line": bomb.Bytes(), "a wide window": wide.Bytes()} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := check(file)
		runtime.ReadMemStats(&after)
		t.Logf("%s: a file of %d bytes, %d MiB allocated in all: %v", name, len(file), (after.TotalAlloc-before.TotalAlloc)>>20, err)
		if err == nil || after.TotalAlloc-before.TotalAlloc > 80<<20 {
			t.Errorf("%s: %d MiB allocated, and the error %v", name, (after.TotalAlloc-before.TotalAlloc)>>20, err)
		}
	}
}

func TestADiskThatFailsIsNotTheBackupsFault(t *testing.T) {
	disk := errors.New("input/output error")
	for _, length := range []int{0, 200} {
		_, err := read(io.MultiReader(bytes.NewReader(example(t)[:length]), failing{disk}))
		if !errors.Is(err, disk) || errors.Is(err, ports.ErrBackupDamaged) || errors.Is(err, ports.ErrBackupForeign) {
			t.Errorf("after %d bytes: %v", length, err)
		}
	}
}

type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }

func TestAWriterWantsTheTablesInOrder(t *testing.T) {
	w, err := Format{}.NewWriter(io.Discard, exampleHeader)
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
	if err := files.Create(path, func(w io.Writer) error { _, err := w.Write([]byte("old")); return err }); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	if err := files.Create(path, func(w io.Writer) error { _, _ = w.Write([]byte("new")); return broken }); !errors.Is(err, broken) {
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

func TestAFolderListsBackupsTheNewestFirst(t *testing.T) {
	folder := t.TempDir()
	day := func(n int) string { return files.Name(folder, exampleHeader.Created.AddDate(0, 0, n)) }
	names := []string{day(0), day(1), day(2)}
	for _, other := range []string{"notes.txt", "eosc-perf-20261199T000000Z.backup", "eosc-perf-before-upgrade.backup"} {
		names = append(names, filepath.Join(folder, other))
	}
	for _, name := range names {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(day(3), 0o700); err != nil {
		t.Fatal(err)
	}
	if got, err := files.List(folder); err != nil || !slices.Equal(got, []string{day(2), day(1), day(0)}) {
		t.Errorf("listed %v, %v", got, err)
	}
	if err := errors.Join(files.Remove(day(1)), os.Remove(day(3))); err != nil {
		t.Error(err)
	}
	if got, err := files.List(folder); err != nil || !slices.Equal(got, []string{day(2), day(0)}) {
		t.Errorf("listed %v, %v after one was removed", got, err)
	}
	if !files.IsFolder(folder) || files.IsFolder(day(0)) || files.IsFolder(day(1)) {
		t.Error("folders are not told from files")
	}
}
