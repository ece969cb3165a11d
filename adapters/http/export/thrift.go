package export

import "encoding/binary"

// The types of fields in Thrift's compact protocol, in which Parquet describes a file and its
// pages (https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md).
const (
	thriftTrue   = 1
	thriftI32    = 5
	thriftI64    = 6
	thriftBinary = 8
	thriftList   = 9
	thriftStruct = 12
)

// thrift appends a struct of the compact protocol, with its fields in the order of their ids.
// The zero value appends to an empty buffer.
type thrift struct {
	b []byte
	// last is the id of the last field of the struct, outer those of the structs around it.
	last  int
	outer []int
}

// field begins a field. The ids of a struct differ by less than 16.
func (t *thrift) field(id int, kind byte) {
	t.b = append(t.b, byte((id-t.last)&15)<<4|kind)
	t.last = id
}

func (t *thrift) i32(id, value int) {
	t.field(id, thriftI32)
	t.number(value)
}

func (t *thrift) i64(id, value int) {
	t.field(id, thriftI64)
	t.number(value)
}

func (t *thrift) isTrue(id int) { t.field(id, thriftTrue) }

func (t *thrift) text(id int, value string) {
	t.field(id, thriftBinary)
	t.item(value)
}

// item appends a text of a list.
func (t *thrift) item(value string) {
	t.b = append(binary.AppendUvarint(t.b, uint64(len(value))), value...)
}

// number appends a number of a list.
func (t *thrift) number(value int) { t.b = binary.AppendVarint(t.b, int64(value)) }

// list begins a list. Its items follow.
func (t *thrift) list(id int, kind byte, size int) {
	t.field(id, thriftList)
	const short = 15
	if size < short {
		t.b = append(t.b, byte(size&15)<<4|kind)
		return
	}
	t.b = binary.AppendUvarint(append(t.b, short<<4|kind), uint64(size))
}

// structure appends a struct as a field.
func (t *thrift) structure(id int, fields func()) {
	t.field(id, thriftStruct)
	t.element(fields)
}

// element appends a struct of a list, or the outermost one.
func (t *thrift) element(fields func()) {
	t.outer, t.last = append(t.outer, t.last), 0
	fields()
	t.b = append(t.b, 0)
	t.last = t.outer[len(t.outer)-1]
	t.outer = t.outer[:len(t.outer)-1]
}
