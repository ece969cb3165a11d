package export

import (
	"encoding/binary"
	"math"

	"github.com/klauspost/compress/zstd"

	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
)

// The numbers that stand for types, encodings and the like in Parquet files
// (https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift).
const (
	physicalInt64     = 2
	physicalDouble    = 5
	physicalByteArray = 6

	optional = 1

	convertedUTF8         = 0
	convertedMicroseconds = 10

	logicalString, logicalTimestamp = 1, 8
	unitMicroseconds                = 2

	plainEncoding, rleEncoding = 0, 3

	zstdCodec = 6

	dataPage = 0
)

const (
	magic = "PAR1"
	// groupBytes and groupRows bound the rows that are in memory until they are written.
	groupBytes = 4 << 20
	groupRows  = 1 << 16
)

// parquet writes Apache Parquet: groups of rows, and in a group a page for each column, compressed.
// What is in the file stands at its end, so that a file that is cut off cannot be read.
type parquet struct {
	columns []parquetColumn
	// written is the number of bytes of the file until now.
	written int
	// rows, size are those of the group that is not written yet.
	rows, size int
	groups     []parquetGroup
	zstd       *zstd.Encoder
}

// parquetColumn is a column with its values of the group that is not written yet.
type parquetColumn struct {
	column

	physical int
	// values are in the encoding "plain"; levels are the runs of rows with a value and of
	// rows without.
	values []byte
	levels []run
}

type run struct {
	hasValue bool
	rows     int
}

// parquetGroup is a written group of rows.
type parquetGroup struct {
	rows   int
	chunks []parquetChunk
}

// parquetChunk is the written part of a column in a group. Sizes are in bytes.
type parquetChunk struct{ offset, size, compressed int }

// newParquet reads the results once to find out the types of columns: that of a path is double
// if its values are numbers, and each of them is kept by a double; else text.
func newParquet(columns []service.Column, results Results) (*parquet, error) {
	encoder, err := zstd.NewWriter(nil,
		zstd.WithEncoderConcurrency(1), zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithLowerEncoderMem(true))
	if err != nil {
		return nil, err
	}
	p := &parquet{zstd: encoder, columns: make([]parquetColumn, len(columns))}
	for i, c := range newColumns(columns) {
		p.columns[i] = parquetColumn{column: c, physical: physicalByteArray}
		if times[c.Field] != nil {
			p.columns[i].physical = physicalInt64
		}
	}
	return p, p.findDoubles(results)
}

// findDoubles sets the type of the columns of paths.
func (p *parquet) findDoubles(results Results) error {
	var candidates []*parquetColumn
	for i := range p.columns {
		if p.columns[i].Path != nil {
			candidates = append(candidates, &p.columns[i])
		}
	}
	if len(candidates) == 0 {
		return nil
	}
	var value []byte
	for result, err := range results {
		if err != nil {
			return err
		}
		left := 0
		for _, c := range candidates {
			value = c.append(value[:0], result)
			if len(value) > 0 {
				if _, ok := doubleOf(value); !ok {
					c.physical = physicalByteArray
					continue
				}
				c.physical = physicalDouble
			}
			candidates[left] = c
			left++
		}
		if candidates = candidates[:left]; left == 0 {
			return nil
		}
	}
	return nil
}

// doubleOf returns the value of a JSON number that a double keeps.
func doubleOf(value []byte) (double float64, ok bool) {
	if c := value[0]; c != '-' && (c < '0' || c > '9') {
		return 0, false
	}
	return document.IsDouble(string(value))
}

func (p *parquet) begin(b []byte) []byte {
	p.written += len(magic)
	return append(b, magic...)
}

func (p *parquet) add(b []byte, result *domain.Result) []byte {
	for i := range p.columns {
		p.size += p.columns[i].add(result)
	}
	p.rows++
	if p.size >= groupBytes || p.rows >= groupRows {
		return p.writeGroup(b)
	}
	return b
}

// add adds the value of a result, and returns its size in bytes.
func (c *parquetColumn) add(result *domain.Result) int {
	before := len(c.values)
	var number [32]byte
	switch c.physical {
	case physicalInt64:
		c.values = binary.LittleEndian.AppendUint64(c.values, uint64(times[c.Field](result).UnixMicro())) //nolint:gosec // its bits
	case physicalDouble:
		if value := c.append(number[:0], result); len(value) > 0 {
			double, _ := doubleOf(value) // findDoubles has looked at all values
			// Negative zero becomes zero, as everywhere in the API.
			c.values = binary.LittleEndian.AppendUint64(c.values, math.Float64bits(double+0))
		}
	default:
		value := c.append(nil, result)
		if len(value) > 0 {
			text, _ := contentOf(value)
			c.values = append(binary.LittleEndian.AppendUint32(c.values, uint32(len(text))), text...) //nolint:gosec // documents are smaller
		}
	}
	hasValue := len(c.values) > before
	if last := len(c.levels) - 1; last >= 0 && c.levels[last].hasValue == hasValue {
		c.levels[last].rows++
	} else {
		c.levels = append(c.levels, run{hasValue, 1})
	}
	return len(c.values) - before
}

// writeGroup appends the rows that are not written yet.
func (p *parquet) writeGroup(b []byte) []byte {
	group := parquetGroup{rows: p.rows, chunks: make([]parquetChunk, len(p.columns))}
	for i := range p.columns {
		c := &p.columns[i]
		header, page, size := c.page(p.rows, p.zstd)
		b = append(append(b, header...), page...)
		group.chunks[i] = parquetChunk{offset: p.written, size: len(header) + size, compressed: len(header) + len(page)}
		p.written += len(header) + len(page)
		c.values, c.levels = c.values[:0], c.levels[:0]
	}
	p.groups, p.rows, p.size = append(p.groups, group), 0, 0
	return b
}

// page returns the header of a page with the values, the compressed page, and its size in bytes
// before it was compressed.
func (c *parquetColumn) page(rows int, compressor *zstd.Encoder) (header, page []byte, size int) {
	const lengthSize = 4
	plain := make([]byte, lengthSize, lengthSize+len(c.levels)*lengthSize+len(c.values))
	for _, r := range c.levels {
		plain = binary.AppendUvarint(plain, uint64(r.rows)<<1) //nolint:gosec // it is positive
		if r.hasValue {
			plain = append(plain, 1)
		} else {
			plain = append(plain, 0)
		}
	}
	binary.LittleEndian.PutUint32(plain, uint32(len(plain)-lengthSize)) //nolint:gosec // a group is smaller
	plain = append(plain, c.values...)
	page = compressor.EncodeAll(plain, nil)
	var t thrift
	t.element(func() {
		t.i32(1, dataPage)
		t.i32(2, len(plain))
		t.i32(3, len(page))
		t.structure(5, func() {
			t.i32(1, rows)
			t.i32(2, plainEncoding)
			t.i32(3, rleEncoding)
			t.i32(4, rleEncoding)
		})
	})
	return t.b, page, len(plain)
}

func (p *parquet) end(b []byte, rows int, _ []byte) []byte {
	if p.rows > 0 {
		b = p.writeGroup(b)
	}
	description := p.describe(rows)
	b = append(b, description...)
	b = binary.LittleEndian.AppendUint32(b, uint32(len(description))) //nolint:gosec // it has some bytes for each group
	return append(b, magic...)
}
