package archive

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"slices"

	"github.com/klauspost/compress/zstd"
)

const (
	// maxLine bounds a row, in bytes. PostgreSQL's fields are smaller.
	maxLine = 1 << 30
	// maxHeader bounds the first line, which is read before it is known whose it is.
	maxHeader = 64 << 10
	// maxWindow bounds what the decompression keeps, in bytes; what we write needs
	// 8 MiB.
	maxWindow = 64 << 20
	bufferLen = 256 << 10
)

// Reader reads a backup. It keeps one row.
type Reader struct {
	Header Header

	source   *source
	stream   *zstd.Decoder
	lines    *bufio.Reader
	line     []byte
	sum      hash.Hash
	seen     Manifest
	manifest *Manifest
}

// NewReader reads the header. Errors: ErrForeign, ErrNewer, ErrDamaged, or that
// of the underlying reader.
func NewReader(from io.Reader) (*Reader, error) {
	source := &source{Reader: from}
	stream, err := zstd.NewReader(source, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxWindow(maxWindow))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrForeign, err)
	}
	r := &Reader{source: source, stream: stream, lines: bufio.NewReaderSize(stream, bufferLen), sum: sha256.New()}
	if err := r.readHeader(); err != nil {
		r.Close()
		return nil, err
	}
	return r, nil
}

// Close releases what reading needs; the underlying reader stays open.
func (r *Reader) Close() { r.stream.Close() }

func (r *Reader) readHeader() error {
	var first struct {
		Backup Header `json:"backup"`
	}
	if err := r.next(maxHeader); err != nil {
		return r.blame(ErrForeign, err)
	}
	if json.Unmarshal(r.line, &first) != nil || first.Backup.Format != Format {
		return fmt.Errorf("%w: its first line is not the header of one", ErrForeign)
	}
	r.Header = first.Backup
	if r.Header.Version > Version {
		return fmt.Errorf("%w: its form is version %d, this program knows those up to %d: use the admin of the program that wrote it (%s), or a newer one",
			ErrNewer, r.Header.Version, Version, r.Header.Program)
	}
	r.seen.Header = r.takeSum()
	return nil
}

// Next returns the next row and its table, which are valid until the next call;
// io.EOF after the last one, when all was found as the manifest says. Until then
// nothing that was read is certain. Other errors: ErrDamaged, or that of the
// underlying reader.
func (r *Reader) Next() (table string, row []byte, err error) {
	if r.manifest != nil {
		return "", nil, io.EOF
	}
	if err := r.next(maxLine); err != nil {
		return "", nil, r.blame(ErrDamaged, err)
	}
	table, row, err = split(r.line)
	if err != nil {
		return "", nil, err
	}
	if table == manifestKey {
		return "", nil, r.conclude(row)
	}
	for len(r.seen.Tables) == 0 || r.last().Name != table {
		if err := r.nextTable(table); err != nil {
			return "", nil, err
		}
	}
	_, _ = r.sum.Write(r.line) // never fails, see hash.Hash
	r.last().Rows++
	return table, row, nil
}

func (r *Reader) last() *Table { return &r.seen.Tables[len(r.seen.Tables)-1] }

func (r *Reader) nextTable(wanted string) error {
	r.endTable()
	next := len(r.seen.Tables)
	if next == len(r.Header.Tables) {
		return fmt.Errorf("%w: a row of table %.100q is out of place", ErrDamaged, wanted)
	}
	r.seen.Tables = append(r.seen.Tables, Table{Name: r.Header.Tables[next]})
	return nil
}

func (r *Reader) endTable() {
	if len(r.seen.Tables) > 0 {
		r.last().SHA256 = r.takeSum()
	}
}

func (r *Reader) takeSum() string {
	sum := hex.EncodeToString(r.sum.Sum(nil))
	r.sum.Reset()
	return sum
}

// conclude compares what was read with the manifest, after which nothing may come.
func (r *Reader) conclude(text []byte) error {
	var manifest Manifest
	if err := json.Unmarshal(text, &manifest); err != nil {
		return fmt.Errorf("%w: its manifest cannot be read: %w", ErrDamaged, err)
	}
	for len(r.seen.Tables) < len(r.Header.Tables) {
		if err := r.nextTable(""); err != nil {
			return err
		}
	}
	r.endTable()
	if manifest.Header != r.seen.Header {
		return fmt.Errorf("%w: its header is not the one that was written", ErrDamaged)
	}
	if !slices.Equal(manifest.Tables, r.seen.Tables) {
		return fmt.Errorf("%w: %s", ErrDamaged, difference(manifest.Tables, r.seen.Tables))
	}
	if _, err := r.lines.ReadByte(); err == nil {
		return fmt.Errorf("%w: something follows its manifest", ErrDamaged)
	} else if !errors.Is(err, io.EOF) {
		return r.blame(ErrDamaged, err)
	}
	r.manifest = &manifest
	return io.EOF
}

func difference(written, found []Table) string {
	for i, table := range found {
		switch {
		case i >= len(written) || written[i].Name != table.Name:
			return "its manifest does not have the tables of its header"
		case written[i].Rows != table.Rows:
			return fmt.Sprintf("table %s has %d rows, its manifest says %d", table.Name, table.Rows, written[i].Rows)
		case written[i].SHA256 != table.SHA256:
			return fmt.Sprintf("the rows of table %s are not those that were written", table.Name)
		}
	}
	return "its manifest does not have the tables of its header"
}

// Manifest is what the backup holds, after Next has returned io.EOF.
func (r *Reader) Manifest() Manifest {
	if r.manifest == nil {
		return Manifest{}
	}
	return *r.manifest
}

var errTooLong = errors.New("a line is too long")

// next reads a line of at most so many bytes. The header is summed up here.
func (r *Reader) next(limit int) error {
	r.line = r.line[:0]
	for {
		part, err := r.lines.ReadSlice('\n')
		if len(r.line)+len(part) > limit {
			return errTooLong
		}
		r.line = append(r.line, part...)
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF // a manifest would have come before
		}
		if err == nil && r.Header.Format == "" {
			_, _ = r.sum.Write(r.line) // never fails, see hash.Hash
		}
		return err
	}
}

// split takes a line, an object of one key, apart.
func split(line []byte) (key string, value []byte, err error) {
	inner, ok := bytes.CutPrefix(line, []byte(`{"`))
	name, rest, found := bytes.Cut(inner, []byte(`":`))
	value, ended := bytes.CutSuffix(rest, []byte("}\n"))
	if !ok || !found || !ended || !json.Valid(value) {
		return "", nil, fmt.Errorf("%w: a line is no row: %.100q", ErrDamaged, line)
	}
	return string(name), value, nil
}

// source remembers what the disk says, which is not about the backup.
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

// blame says whether it was the disk, or else what the file is.
func (r *Reader) blame(what, err error) error {
	if r.source.failed != nil {
		return fmt.Errorf("read the backup: %w", r.source.failed)
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: it ends too early", what)
	}
	return fmt.Errorf("%w: %w", what, err)
}
