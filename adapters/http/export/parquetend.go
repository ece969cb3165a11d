package export

import "encoding/json"

// describe returns what stands at the end of a Parquet file: its columns, and where the groups
// of rows are. Units are in the metadata of the columns under the key unit, and again in that
// of the file under the key units, as a JSON object by column, since few readers show the former.
func (p *parquet) describe(rows int) []byte {
	const version = 1
	var t thrift
	t.element(func() {
		t.i32(1, version)
		t.list(2, thriftStruct, 1+len(p.columns))
		t.element(func() {
			t.text(4, "schema")
			t.i32(5, len(p.columns))
		})
		for i := range p.columns {
			t.element(func() { p.columns[i].describe(&t) })
		}
		t.i64(3, rows)
		t.list(4, thriftStruct, len(p.groups))
		for _, group := range p.groups {
			t.element(func() { p.describeGroup(&t, group) })
		}
		if units := p.units(); units != "" {
			describePair(&t, 5, "units", units)
		}
		t.text(6, "eosc-perf")
	})
	return t.b
}

// describe appends the fields of a SchemaElement.
func (c *parquetColumn) describe(t *thrift) {
	t.i32(1, c.physical)
	t.i32(3, optional)
	t.text(4, c.name)
	switch c.physical {
	case physicalByteArray:
		t.i32(6, convertedUTF8)
		t.structure(10, func() { t.structure(logicalString, func() {}) })
	case physicalInt64:
		t.i32(6, convertedMicroseconds)
		t.structure(10, func() {
			t.structure(logicalTimestamp, func() {
				t.isTrue(1) // the times are in UTC
				t.structure(2, func() { t.structure(unitMicroseconds, func() {}) })
			})
		})
	}
}

// describeGroup appends the fields of a RowGroup.
func (p *parquet) describeGroup(t *thrift, group parquetGroup) {
	size := 0
	t.list(1, thriftStruct, len(group.chunks))
	for i, chunk := range group.chunks {
		size += chunk.size
		t.element(func() {
			t.i64(2, 0)
			t.structure(3, func() { p.columns[i].describeChunk(t, group.rows, chunk) })
		})
	}
	t.i64(2, size)
	t.i64(3, group.rows)
}

// describeChunk appends the fields of a ColumnMetaData.
func (c *parquetColumn) describeChunk(t *thrift, rows int, chunk parquetChunk) {
	t.i32(1, c.physical)
	t.list(2, thriftI32, 2)
	t.number(plainEncoding)
	t.number(rleEncoding)
	t.list(3, thriftBinary, 1)
	t.item(c.name)
	t.i32(4, zstdCodec)
	t.i64(5, rows)
	t.i64(6, chunk.size)
	t.i64(7, chunk.compressed)
	if c.Unit != "" {
		describePair(t, 8, "unit", c.Unit)
	}
	t.i64(9, chunk.offset)
}

// describePair appends a list of one KeyValue.
func describePair(t *thrift, id int, key, value string) {
	t.list(id, thriftStruct, 1)
	t.element(func() {
		t.text(1, key)
		t.text(2, value)
	})
}

// units returns the units of the columns as a JSON object, "" if no column has one.
func (p *parquet) units() string {
	units := map[string]string{}
	for _, c := range p.columns {
		if c.Unit != "" {
			units[c.name] = c.Unit
		}
	}
	if len(units) == 0 {
		return ""
	}
	text, err := json.Marshal(units)
	if err != nil {
		panic(err) // it is of texts
	}
	return string(text)
}
