package maintenance_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// tables is a database in memory that a test puts into any state. It implements
// ports.Tables, ports.Snapshot, ports.Restoration and ports.Schema.
type tables struct {
	// known are the revisions that the program knows.
	known []string
	state domain.SchemaState
	// stateInside is the state that transactions see, if it is another one.
	stateInside *domain.SchemaState
	names       []string
	rows        map[string][]string
	// fail is the error of each reading and writing of rows.
	fail error
	// calls are the changes of the schema, in their order.
	calls []string
}

func (d *tables) Kind() string { return "sqlite" }

func (d *tables) Snapshot(ctx context.Context, read func(context.Context, ports.Snapshot) error) error {
	return read(ctx, inside{d})
}

// Restore keeps the rows only if write succeeds.
func (d *tables) Restore(ctx context.Context, write func(context.Context, ports.Restoration) error) error {
	if len(d.rows) > 0 {
		return ports.ErrNotEmpty
	}
	d.rows = map[string][]string{}
	err := write(ctx, inside{d})
	if err != nil {
		d.rows = nil
	}
	return err
}

func (d *tables) Known() []string { return d.known }

func (d *tables) State(context.Context) (domain.SchemaState, error) { return d.state, nil }

func (d *tables) Create(_ context.Context, revision string) error {
	d.calls = append(d.calls, "create "+revision)
	d.state = domain.SchemaState{Applied: []string{revision}, Heads: []string{revision}}
	return nil
}

func (d *tables) Drop(context.Context) error {
	d.calls = append(d.calls, "drop")
	d.state, d.rows = domain.SchemaState{}, nil
	return nil
}

// inside is the database as a transaction sees it.
type inside struct{ *tables }

func (d inside) Schema(context.Context) (domain.SchemaState, error) {
	if d.stateInside != nil {
		return *d.stateInside, nil
	}
	return d.state, nil
}

func (d inside) Tables() []string { return d.names }

func (d inside) Count(context.Context) (count int64, err error) {
	for _, rows := range d.rows {
		count += int64(len(rows))
	}
	return count, nil
}

func (d inside) Rows(_ context.Context, table string, each func([]byte) error) error {
	for _, row := range d.rows[table] {
		if err := each([]byte(row)); err != nil {
			return err
		}
	}
	return d.fail
}

func (d inside) Insert(_ context.Context, table string, row []byte) error {
	d.rows[table] = append(d.rows[table], string(row))
	return d.fail
}

func (d inside) Record(_ context.Context, e domain.Event) error {
	d.calls = append(d.calls, "note "+e.Action)
	return nil
}

// notes are the events of units of work that do nothing else. It implements ports.Storage.
type notes struct {
	ports.Storage
	ports.Events

	events []domain.Event
}

func (n *notes) Do(ctx context.Context, fn func(context.Context, ports.Repos) error) error {
	return fn(ctx, ports.Repos{Events: n})
}

// AddAll implements ports.Events.
func (n *notes) AddAll(_ context.Context, events []domain.Event) error {
	n.events = append(n.events, events...)
	return nil
}

// memoryFiles are files in memory, by their paths, with a folder "backups". It implements
// ports.BackupFiles.
type memoryFiles struct {
	files map[string][]byte
	// onSeek changes what is read of a file again.
	onSeek func([]byte) []byte
}

const folder = "backups"

var errNoFile = errors.New("no such file")

func (f *memoryFiles) Open(path string) (io.ReadSeekCloser, error) {
	text, exists := f.files[path]
	if !exists {
		return nil, fmt.Errorf("open the backup: %w", errNoFile)
	}
	return &memoryFile{bytes.NewReader(text), f, text}, nil
}

type memoryFile struct {
	*bytes.Reader
	files *memoryFiles
	text  []byte
}

func (f *memoryFile) Seek(offset int64, whence int) (int64, error) {
	if f.files.onSeek != nil {
		f.Reader = bytes.NewReader(f.files.onSeek(f.text))
	}
	return f.Reader.Seek(offset, whence)
}

func (*memoryFile) Close() error { return nil }

func (f *memoryFiles) Create(path string, write func(io.Writer) error) error {
	var text bytes.Buffer
	if err := write(&text); err != nil {
		return err
	}
	f.files[path] = text.Bytes()
	return nil
}

func (*memoryFiles) IsFolder(path string) bool { return path == folder }

func (*memoryFiles) Name(folder string, at time.Time) string {
	return folder + "/" + at.Format(time.DateOnly)
}

func (f *memoryFiles) List(string) (paths []string, err error) {
	for path := range f.files {
		paths = append(paths, path)
	}
	slices.Sort(paths)
	slices.Reverse(paths)
	return paths, nil
}

func (f *memoryFiles) Remove(path string) error {
	delete(f.files, path)
	return nil
}
