package jsonschema

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"

	"github.com/eosc-perf/backend/core/document"
)

// seed makes hashes unpredictable: nobody can send values of the same hash.
var seed = maphash.MakeSeed()

// hash returns the same number for equal values. Numbers are equal if their values
// are: 1, 1.0 and 1e0.
func (c *clock) hash(value document.Value) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	c.hashInto(&h, value)
	return h.Sum64()
}

func (c *clock) hashInto(h *maphash.Hash, value document.Value) {
	const unit = 1024
	c.step(1 + len(value.Text())/unit)
	_ = h.WriteByte(byte(value.Kind()))
	switch value.Kind() {
	case document.Number:
		writeText(h, value.Decimal().String())
	case document.String:
		writeText(h, value.Text())
	case document.Array, document.Object:
		writeNumber(h, value.Len())
		for i := range value.Len() {
			if value.Kind() == document.Object {
				writeText(h, value.Name(i))
			}
			c.hashInto(h, value.Item(i))
		}
	case document.Null, document.True, document.False:
	}
}

func writeText(h *maphash.Hash, text string) {
	writeNumber(h, len(text))
	_, _ = h.WriteString(text)
}

func writeNumber(h *maphash.Hash, n int) {
	var bytes [8]byte
	binary.LittleEndian.PutUint64(bytes[:], uint64(n)) //nolint:gosec // a length
	_, _ = h.Write(bytes[:])
}

// equal tells whether two values are equal in the sense of JSON Schema.
func (c *clock) equal(a, b document.Value) bool {
	const unit = 1024
	c.step(1 + len(a.Text())/unit)
	if a.Kind() != b.Kind() || a.Len() != b.Len() {
		return false
	}
	if a.Kind() == document.Number {
		return a.Decimal() == b.Decimal()
	}
	for i := range a.Len() {
		if a.Kind() == document.Object && a.Name(i) != b.Name(i) || !c.equal(a.Item(i), b.Item(i)) {
			return false
		}
	}
	return a.Text() == b.Text()
}

// choice is one of the keywords enum and const.
type choice struct {
	keyword string
	values  []document.Value
	// byHash has the indexes of the values.
	byHash map[uint64][]int
	// shapes are the kinds and lengths of the values: most values that are none of the
	// choice have another one.
	shapes map[shape]bool
}

type shape struct {
	kind   document.Kind
	length int
}

func shapeOf(value document.Value) shape { return shape{value.Kind(), value.Len()} }

func (p part) choice(keyword string, values []document.Value) {
	c := &choice{keyword: keyword, values: values, byHash: map[uint64][]int{}, shapes: map[shape]bool{}}
	for i, value := range values {
		h := p.hash(value)
		c.byHash[h] = append(c.byHash[h], i)
		c.shapes[shapeOf(value)] = true
	}
	p.gate(keyword, c)
}

func compileConst(p part, value document.Value) { p.choice("const", []document.Value{value}) }

func compileEnum(p part, list document.Value) {
	if list.Kind() != document.Array {
		return
	}
	values := make([]document.Value, list.Len())
	for i := range values {
		values[i] = list.Item(i)
	}
	p.choice("enum", values)
}

func (c *choice) holds(e *evaluation, value document.Value) bool {
	const few = 4
	if len(c.values) <= few {
		return slices.ContainsFunc(c.values, func(allowed document.Value) bool { return e.equal(allowed, value) })
	}
	if !c.shapes[shapeOf(value)] {
		return false
	}
	return slices.ContainsFunc(c.byHash[e.hash(value)], func(i int) bool { return e.equal(c.values[i], value) })
}

func (c *choice) message(*evaluation, document.Value) string {
	const most = 20
	var texts []string
	for _, value := range c.values {
		if value.Kind() == document.Array || value.Kind() == document.Object {
			return quote(c.keyword) + " failed"
		}
		if len(texts) < most {
			texts = append(texts, display(value))
		}
	}
	if len(texts) == 1 {
		return "value must be " + texts[0]
	}
	if len(c.values) > most {
		texts = append(texts, "...")
	}
	return "value must be one of " + strings.Join(texts, ", ")
}

// unique is the keyword uniqueItems.
type unique struct{}

func compileUniqueItems(p part, _ document.Value) {
	if p.flag("uniqueItems") {
		p.assert("uniqueItems", unique{})
	}
}

func (unique) holds(e *evaluation, value document.Value) bool {
	_, _, found := e.equalItems(value)
	return !found
}

func (unique) message(e *evaluation, value document.Value) string {
	first, second, _ := e.equalItems(value)
	return fmt.Sprintf("items at %d and %d are equal", first, second)
}

// hashedItem is an item of an array under its hash.
type hashedItem struct {
	hash  uint64
	index int
}

// equalItems returns the indexes of two items of an array that are equal: of all such
// pairs, the one whose second is the first.
func (e *evaluation) equalItems(list document.Value) (first, second int, found bool) {
	if list.Kind() != document.Array || list.Len() < 2 {
		return 0, 0, false
	}
	items := make([]hashedItem, list.Len())
	for i := range items {
		items[i] = hashedItem{e.hash(list.Item(i)), i}
	}
	slices.SortFunc(items, func(a, b hashedItem) int {
		e.step(1)
		return cmp.Or(cmp.Compare(a.hash, b.hash), cmp.Compare(a.index, b.index))
	})
	for i, item := range items {
		// Other items of the same hash are all but always equal.
		for j := i + 1; j < len(items) && items[j].hash == item.hash; j++ {
			if found && items[j].index >= second {
				break
			}
			if e.equal(list.Item(item.index), list.Item(items[j].index)) {
				first, second, found = item.index, items[j].index, true
				break
			}
		}
	}
	return first, second, found
}
