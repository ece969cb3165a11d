package export

import (
	"crypto/sha256"
	"io"
	"iter"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
)

// chunk is the size in bytes from which a part of a file is written out.
const chunk = 64 << 10

// Results are the results of a file. The sequence can be read several times.
type Results = iter.Seq2[*domain.Result, error]

// File describes a file.
type File struct {
	Format Format
	// Columns are those of the file. NDJSON and JSON have whole results for nil.
	Columns []service.Column
	// Whole appends a whole result as JSON. It is for nil Columns only.
	Whole func(b []byte, result *domain.Result) []byte
	// WithEnd adds a last line to NDJSON: how many rows came before, and the SHA-256 of all
	// bytes before the line.
	WithEnd bool
}

// Summary is what is known of a file when all of it is written.
type Summary struct {
	Rows int
	// SHA256 is that of all bytes.
	SHA256 [sha256.Size]byte
}

// encoder writes a file of one format.
type encoder interface {
	// begin appends what comes before the rows.
	begin(b []byte) []byte
	// add appends a row, or keeps it until more are there.
	add(b []byte, result *domain.Result) []byte
	// end appends what comes after so many rows; sha256 is that of all bytes before.
	end(b []byte, rows int, sha256 []byte) []byte
}

// Write writes the file to w, in parts. The error is one of w or of the results; then what
// was written is no whole file.
func (f File) Write(w io.Writer, results Results) (summary Summary, err error) {
	var e encoder
	switch f.Format {
	case NDJSON:
		e = lines{row: f.row(), withEnd: f.WithEnd}
	case JSON:
		e = &array{row: f.row()}
	case Parquet:
		if e, err = newParquet(f.Columns, results); err != nil {
			return summary, err
		}
	default:
		e = newTable(f.Columns)
	}
	sum := sha256.New()
	var b []byte
	writeOut := func() {
		if err == nil && len(b) > 0 {
			_, _ = sum.Write(b) // writing to a hash never fails
			_, err = w.Write(b)
		}
		b = b[:0]
	}
	b = e.begin(b)
	for result, failed := range results {
		if err = failed; err != nil {
			return summary, err
		}
		b = e.add(b, result)
		summary.Rows++
		if len(b) < chunk {
			continue
		}
		if writeOut(); err != nil {
			return summary, err
		}
	}
	writeOut()
	b = e.end(b, summary.Rows, sum.Sum(nil))
	writeOut()
	sum.Sum(summary.SHA256[:0])
	return summary, err
}
