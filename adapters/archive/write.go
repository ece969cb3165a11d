package archive

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"

	"github.com/klauspost/compress/zstd"
)

// Writer writes a backup. It keeps no row.
type Writer struct {
	stream   *zstd.Encoder
	header   Header
	manifest Manifest
	sum      hash.Hash
	line     []byte
}

// NewWriter begins a backup.
func NewWriter(to io.Writer, header Header) (*Writer, error) {
	stream, err := zstd.NewWriter(to)
	if err != nil {
		return nil, fmt.Errorf("begin a backup: %w", err)
	}
	header.Format, header.Version = Format, Version
	w := &Writer{stream: stream, header: header, sum: sha256.New()}
	if err := w.writeJSON(headerKey, header); err != nil {
		return nil, err
	}
	w.manifest.Header = w.takeSum()
	// A block of its own: it can be read whatever became of the rows.
	if err := stream.Flush(); err != nil {
		return nil, fmt.Errorf("write the backup: %w", err)
	}
	return w, nil
}

// Row adds a row, a JSON object in one line, to a table: the one of the row before
// or one that the header names after it.
func (w *Writer) Row(table string, row []byte) error {
	for len(w.manifest.Tables) == 0 || w.last().Name != table {
		if err := w.nextTable(); err != nil {
			return fmt.Errorf("a row of %q is out of order: %w", table, err)
		}
	}
	if err := w.write(table, row); err != nil {
		return err
	}
	w.last().Rows++
	return nil
}

func (w *Writer) last() *Table { return &w.manifest.Tables[len(w.manifest.Tables)-1] }

// nextTable ends the table, and begins the one after it.
func (w *Writer) nextTable() error {
	w.endTable()
	next := len(w.manifest.Tables)
	if next == len(w.header.Tables) {
		return fmt.Errorf("the tables are, in this order: %q", w.header.Tables)
	}
	w.manifest.Tables = append(w.manifest.Tables, Table{Name: w.header.Tables[next]})
	return nil
}

func (w *Writer) endTable() {
	if len(w.manifest.Tables) > 0 {
		w.last().SHA256 = w.takeSum()
	}
}

func (w *Writer) takeSum() string {
	sum := hex.EncodeToString(w.sum.Sum(nil))
	w.sum.Reset()
	return sum
}

// Close writes the manifest, without which it is no backup, and returns it.
func (w *Writer) Close() (Manifest, error) {
	for len(w.manifest.Tables) < len(w.header.Tables) {
		if err := w.nextTable(); err != nil {
			return Manifest{}, err
		}
	}
	w.endTable()
	if err := w.writeJSON(manifestKey, w.manifest); err != nil {
		return Manifest{}, err
	}
	if err := w.stream.Close(); err != nil {
		return Manifest{}, fmt.Errorf("end the backup: %w", err)
	}
	return w.manifest, nil
}

// Abandon ends a backup that will be none.
func (w *Writer) Abandon() {
	w.stream.Reset(io.Discard)
	_ = w.stream.Close() // it goes nowhere
}

func (w *Writer) writeJSON(key string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("write the %s of a backup: %w", key, err)
	}
	return w.write(key, text)
}

// write writes a line, an object of one key.
func (w *Writer) write(key string, value []byte) error {
	w.line = append(w.line[:0], `{"`...)
	w.line = append(append(w.line, key...), `":`...)
	w.line = append(append(w.line, value...), "}\n"...)
	_, _ = w.sum.Write(w.line) // never fails, see hash.Hash
	if _, err := w.stream.Write(w.line); err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	return nil
}
