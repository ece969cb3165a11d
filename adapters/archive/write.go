package archive

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"hash"
	"io"

	"github.com/klauspost/compress/zstd"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// writer writes a backup. It holds no row in memory.
type writer struct {
	stream   *zstd.Encoder
	header   header
	manifest manifest
	sum      hash.Hash
	line     []byte
}

// NewWriter implements ports.BackupFormat.
func (Format) NewWriter(to io.Writer, h domain.BackupHeader) (ports.BackupWriter, error) {
	stream, err := zstd.NewWriter(to)
	if err != nil {
		return nil, fmt.Errorf("begin a backup: %w", err)
	}
	w := &writer{stream: stream, header: newHeader(h), sum: sha256.New()}
	if err := w.writeJSON(headerKey, w.header); err != nil {
		return nil, err
	}
	w.manifest.Header = takeSum(w.sum)
	// The header is a block of its own: it can be read whatever became of the rows.
	if err := stream.Flush(); err != nil {
		return nil, fmt.Errorf("write the backup: %w", err)
	}
	return w, nil
}

// Row implements ports.BackupWriter.
func (w *writer) Row(table string, row []byte) error {
	for len(w.manifest.Tables) == 0 || w.last().Name != table {
		if err := w.nextTable(); err != nil {
			return fmt.Errorf("a row of %q is out of order: %w", table, err)
		}
	}
	if err := w.writeLine(table, row); err != nil {
		return err
	}
	w.last().Rows++
	w.manifest.largest = max(w.manifest.largest, len(w.line))
	return nil
}

func (w *writer) last() *tableEntry { return &w.manifest.Tables[len(w.manifest.Tables)-1] }

// nextTable ends a table, and begins the one after it.
func (w *writer) nextTable() error {
	w.endTable()
	next := len(w.manifest.Tables)
	if next == len(w.header.Tables) {
		return fmt.Errorf("the tables are, in this order: %q", w.header.Tables)
	}
	w.manifest.Tables = append(w.manifest.Tables, tableEntry{Name: w.header.Tables[next]})
	return nil
}

func (w *writer) endTable() {
	if len(w.manifest.Tables) > 0 {
		w.last().SHA256 = takeSum(w.sum)
	}
}

// takeSum returns the checksum, and begins the next one.
func takeSum(sum hash.Hash) string {
	text := hex.EncodeToString(sum.Sum(nil))
	sum.Reset()
	return text
}

// Close implements ports.BackupWriter.
func (w *writer) Close() (domain.Backup, error) {
	for len(w.manifest.Tables) < len(w.header.Tables) {
		if err := w.nextTable(); err != nil {
			return domain.Backup{}, err
		}
	}
	w.endTable()
	if err := w.writeJSON(manifestKey, w.manifest); err != nil {
		return domain.Backup{}, err
	}
	if err := w.stream.Close(); err != nil {
		return domain.Backup{}, fmt.Errorf("end the backup: %w", err)
	}
	return w.manifest.backup(w.header), nil
}

// Abandon implements ports.BackupWriter.
func (w *writer) Abandon() {
	w.stream.Reset(io.Discard)
	_ = w.stream.Close() // it goes nowhere
}

func (w *writer) writeJSON(key string, value any) error {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("write the %s of a backup: %w", key, err)
	}
	return w.writeLine(key, text)
}

// writeLine writes an object of one key.
func (w *writer) writeLine(key string, value []byte) error {
	w.line = append(w.line[:0], `{"`...)
	w.line = append(append(w.line, key...), `":`...)
	w.line = append(append(w.line, value...), "}\n"...)
	_, _ = w.sum.Write(w.line) // never fails, see hash.Hash
	if _, err := w.stream.Write(w.line); err != nil {
		return fmt.Errorf("write the backup: %w", err)
	}
	return nil
}
