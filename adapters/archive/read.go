package archive

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"

	"github.com/klauspost/compress/zstd"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/plural"
	"github.com/eosc-perf/backend/ports"
)

const (
	// DefaultMaxRow is the largest row, in bytes of its line, that a Format reads if it names
	// no other. With BODY_LIMIT at its default of 1 MiB, no row of this system has a quarter.
	DefaultMaxRow = 16 << 20
	// maxHeader is the longest first line, in bytes: it may be of any file. It bounds the
	// manifest, too.
	maxHeader = 64 << 10
	// maxWindow is the largest window of the decompression, in bytes: that of the backups of
	// this package.
	maxWindow = 8 << 20
	// bufferSize is the size of the buffer for lines, in bytes.
	bufferSize = 256 << 10
)

// reader reads a backup. It holds one row in memory.
type reader struct {
	header header
	source *source
	// maxRow is the largest row, number counts the lines that were read.
	maxRow int
	number int64
	stream *zstd.Decoder
	lines  *bufio.Reader
	line   []byte
	sum    hash.Hash
	// found describes what was read so far.
	found manifest
	// complete is true after the manifest was read, and agrees with what was found.
	complete bool
}

// NewReader implements ports.BackupFormat.
func (f Format) NewReader(from io.Reader) (ports.BackupReader, error) {
	input := &source{Reader: from}
	stream, err := zstd.NewReader(input, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow),
		zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ports.ErrBackupForeign, err)
	}
	r := &reader{
		source: input, maxRow: f.MaxRow, stream: stream, lines: bufio.NewReaderSize(stream, bufferSize), sum: sha256.New(),
	}
	if r.maxRow == 0 {
		r.maxRow = DefaultMaxRow
	}
	if err := r.readHeader(); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// Close implements ports.BackupReader. The underlying reader stays open.
func (r *reader) Close() { r.stream.Close() }

func (r *reader) readHeader() error {
	var first struct {
		Backup header `json:"backup"`
	}
	if err := r.next(maxHeader); err != nil {
		return r.blame(ports.ErrBackupForeign, err)
	}
	if json.Unmarshal(r.line, &first) != nil || first.Backup.Format != formatName || first.Backup.Version < 1 {
		return fmt.Errorf("%w: its first line is not the header of one", ports.ErrBackupForeign)
	}
	r.header = first.Backup
	for _, text := range slices.Concat([]string{r.header.Program, r.header.Database}, r.header.Revisions, r.header.Tables) {
		const longest = 200 // bytes
		if err := domain.CheckLine(text, longest); err != nil {
			return fmt.Errorf("%w: its header has a text that %w", ports.ErrBackupForeign, err)
		}
	}
	if r.header.Version > formatVersion {
		return fmt.Errorf("%w: its form is version %d, this program knows those up to %d: use the admin of the program that wrote it (%s), "+
			"or a newer one",
			ports.ErrBackupNewer, r.header.Version, formatVersion, r.header.Program)
	}
	r.found.Header = takeSum(r.sum)
	return nil
}

// Header implements ports.BackupReader.
func (r *reader) Header() domain.BackupHeader { return r.header.domain() }

// Next implements ports.BackupReader.
func (r *reader) Next() (table string, row []byte, err error) {
	if r.complete {
		return "", nil, io.EOF
	}
	if err := r.next(r.maxRow); err != nil {
		return "", nil, r.blame(ports.ErrBackupDamaged, err)
	}
	table, row, err = split(r.line)
	if err != nil {
		return "", nil, r.blame(ports.ErrBackupDamaged, err)
	}
	if table == manifestKey {
		return "", nil, r.conclude(row)
	}
	for len(r.found.Tables) == 0 || r.last().Name != table {
		if err := r.nextTable(table); err != nil {
			return "", nil, r.blame(ports.ErrBackupDamaged, err)
		}
	}
	_, _ = r.sum.Write(r.line) // never fails, see hash.Hash
	r.last().Rows++
	r.found.largest = max(r.found.largest, len(r.line))
	return table, row, nil
}

func (r *reader) last() *tableEntry { return &r.found.Tables[len(r.found.Tables)-1] }

func (r *reader) nextTable(wanted string) error {
	r.endTable()
	next := len(r.found.Tables)
	if next == len(r.header.Tables) {
		return fmt.Errorf("a row of table %.100q is out of place", wanted)
	}
	r.found.Tables = append(r.found.Tables, tableEntry{Name: r.header.Tables[next]})
	return nil
}

func (r *reader) endTable() {
	if len(r.found.Tables) > 0 {
		r.last().SHA256 = takeSum(r.sum)
	}
}

// conclude compares what was read with the manifest. Nothing may follow the manifest.
func (r *reader) conclude(text []byte) error {
	var written manifest
	if len(text) > maxHeader {
		return fmt.Errorf("%w: its manifest has more than %d bytes", ports.ErrBackupDamaged, maxHeader)
	}
	if err := json.Unmarshal(text, &written); err != nil {
		return fmt.Errorf("%w: its manifest cannot be read: %w", ports.ErrBackupDamaged, err)
	}
	for len(r.found.Tables) < len(r.header.Tables) {
		if err := r.nextTable(""); err != nil {
			return err
		}
	}
	r.endTable()
	if written.Header != r.found.Header {
		return fmt.Errorf("%w: its header is not the one that was written", ports.ErrBackupDamaged)
	}
	if !slices.Equal(written.Tables, r.found.Tables) {
		return fmt.Errorf("%w: %s", ports.ErrBackupDamaged, difference(written.Tables, r.found.Tables))
	}
	if _, err := r.lines.ReadByte(); err == nil {
		return fmt.Errorf("%w: something follows its manifest", ports.ErrBackupDamaged)
	} else if !errors.Is(err, io.EOF) {
		return r.blame(ports.ErrBackupDamaged, err)
	}
	r.complete = true
	return io.EOF
}

func difference(written, found []tableEntry) string {
	for i, entry := range found {
		switch {
		case i >= len(written) || written[i].Name != entry.Name:
			return "its manifest does not have the tables of its header"
		case written[i].Rows != entry.Rows:
			return fmt.Sprintf("table %s has %s, its manifest says %d", entry.Name, plural.Count(entry.Rows, "row", "rows"), written[i].Rows)
		case written[i].SHA256 != entry.SHA256:
			return fmt.Sprintf("the rows of table %s are not those that were written", entry.Name)
		}
	}
	return "its manifest does not have the tables of its header"
}

// Backup implements ports.BackupReader.
func (r *reader) Backup() domain.Backup { return r.found.backup(r.header) }

// Line implements ports.BackupReader.
func (r *reader) Line() int64 { return r.number }

// next reads a line of at most limit bytes. The checksum of the header begins here.
func (r *reader) next(limit int) error {
	r.line = r.line[:0]
	r.number++
	for {
		part, err := r.lines.ReadSlice('\n')
		if len(r.line)+len(part) > limit {
			return &ports.LongRowError{Limit: limit}
		}
		if need := len(r.line) + len(part); need > cap(r.line) {
			r.line = slices.Grow(r.line, min(max(need, 2*cap(r.line)), limit)-len(r.line))
		}
		r.line = append(r.line, part...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF // a manifest would have come before
		}
		if err == nil && r.header.Format == "" {
			_, _ = r.sum.Write(r.line) // never fails, see hash.Hash
		}
		return err
	}
}

// split returns the key and the value of a line, an object of one key.
func split(line []byte) (key string, value []byte, err error) {
	inner, ok := bytes.CutPrefix(line, []byte(`{"`))
	name, rest, found := bytes.Cut(inner, []byte(`":`))
	value, ended := bytes.CutSuffix(rest, []byte("}\n"))
	if !ok || !found || !ended || !json.Valid(value) {
		return "", nil, fmt.Errorf("this is no row: %.100q", line)
	}
	return string(name), value, nil
}

// source remembers errors of the disk, which say nothing about the backup.
type source struct {
	io.Reader
	failed error
}

func (s *source) Read(p []byte) (int, error) {
	n, err := s.Reader.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		s.failed = err
	}
	return n, err
}

// blame returns the error of the disk if there was one, else what is wrong with the file.
func (r *reader) blame(what, err error) error {
	if r.source.failed != nil {
		return fmt.Errorf("read the backup: %w", r.source.failed)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: it ends too early, in line %d", what, r.number)
	}
	return fmt.Errorf("%w: line %d: %w", what, r.number, err)
}
