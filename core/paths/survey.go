// Package paths tells what documents contain: their paths, the types and the most frequent
// values there, and the range of the numbers. It reads one document after the other, and keeps
// a bounded amount of memory whatever they contain.
//
// It imports core/document, core/filter and core/statistics.
package paths

import (
	"cmp"
	"crypto/sha256"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"

	"github.com/eosc-perf/backend/core/document"
)

const (
	// MostValues is how many different values of a path are counted.
	MostValues = 10_000
	// LongestValue is the longest value, as JSON in bytes, that is listed. Longer ones are counted.
	LongestValue = 1024
	// mostNodes bounds the paths and their beginnings, mostNodeBytes the lengths of all of them
	// together: names may be long, and every path repeats those before it. mostHeld bounds the
	// different values of all paths together, in numbers of values and in bytes.
	mostNodes     = 20_000
	mostNodeBytes = 8 << 20
	mostHeld      = 500_000
	mostHeldBytes = 32 << 20
	// mostNumbers is how many numbers of a path the quartiles are of: all of them, or a random
	// sample of this size. All paths together have at most mostSampled numbers: where that is not
	// enough, all samples are halved.
	mostNumbers = 20_000
	mostSampled = 2_000_000
)

// unlisted is the begin of the keys of values that are too long to be listed: their digests
// follow. No JSON begins so.
const unlisted = "\x00"

// Survey collects what documents contain. The zero Survey is not ready; use New.
type Survey struct {
	root      node
	documents int
	nodes     int
	nodeBytes int
	held      int
	heldBytes int
	// sampled are the numbers in all samples, each of which has at most sampleSize.
	sampled    int
	sampleSize int
	random     *rand.Rand
	// key is the memory of the key of a value.
	key []byte
}

// New returns an empty Survey.
func New() *Survey {
	return &Survey{sampleSize: mostNumbers, random: rand.New(rand.NewPCG(1, 2))} //nolint:gosec // a sample needs no secret
}

// node is a place in documents: a beginning of paths, and a path itself.
type node struct {
	members map[string]*node
	element *node
	// length is that of the path in bytes, about.
	length int
	// forgotten: the place gives its room to others.
	forgotten bool
	found
}

// found is what documents have at a place. last... is the number of the document that counted
// last.
type found struct {
	documents, last int
	types, lastType [document.Object + 1]int
	values          map[string]*counted
	overflowed      bool
	numbers         []float64
	seenNumbers     int
	min, max        extreme
}

// extreme is the smallest or the largest number.
type extreme struct {
	// nearest is the nearest float64, which may be infinite.
	nearest float64
	text    []byte
}

// keep keeps the number if it is smaller for sign -1, or larger for sign 1. Rounding keeps the order, so that
// only numbers with the same nearest float64 are compared exactly.
func (e *extreme) keep(nearest float64, text string, sign int) {
	order := cmp.Compare(nearest, e.nearest)
	if order == 0 && string(e.text) != text {
		order = document.Text(text).Decimal().Compare(document.Text(string(e.text)).Decimal())
	}
	if len(e.text) == 0 || order == sign {
		e.nearest, e.text = nearest, append(e.text[:0], text...) // the text is a part of the whole document in memory
	}
}

type counted struct{ documents, last int }

// Documents is how many documents were added.
func (s *Survey) Documents() int { return s.documents }

// Add adds a document.
func (s *Survey) Add(v document.Value) {
	s.documents++
	s.visit(&s.root, v)
}

// manyNew is how many paths that no document had before are many for one document.
const manyNew = 1000

// Crowds reports whether a document would take much of the room: it is better added after
// the others, so that it cannot take the room of their paths.
func (s *Survey) Crowds(v document.Value) bool {
	fresh := 0
	countNew(&s.root, v, &fresh)
	return fresh > manyNew
}

// countNew counts the places that the survey does not know, up to more than many. The members
// of elements of an array that is not known count again in each element.
func countNew(n *node, v document.Value, fresh *int) {
	for i := 0; i < v.Len() && *fresh <= manyNew; i++ {
		var child *node
		if n != nil {
			child = n.element
			if v.Kind() == document.Object {
				child = n.members[v.Name(i)]
			}
		}
		if child == nil && (i == 0 || v.Kind() == document.Object) {
			*fresh++
		}
		countNew(child, v.Item(i), fresh)
	}
}

// reserve reports whether the survey may hold another path of the length, and counts the path.
func (s *Survey) reserve(length int) bool {
	if s.nodes >= mostNodes || s.nodeBytes+length > mostNodeBytes {
		return false
	}
	s.nodes++
	s.nodeBytes += length
	return true
}

func (s *Survey) visit(n *node, v document.Value) {
	isContainer := v.Kind() == document.Object || v.Kind() == document.Array
	if !isContainer || v.Len() == 0 {
		if n != &s.root {
			s.count(&n.found, v)
		}
		return
	}
	for i := range v.Len() {
		if child := s.child(n, v, i); child != nil {
			s.visit(child, v.Item(i))
		}
	}
}

// child is the place of a member or an element; nil if there are too many places.
func (s *Survey) child(n *node, v document.Value, i int) *node {
	if v.Kind() == document.Array {
		if length := n.length + len("[*]"); n.element == nil && s.reserve(length) {
			n.element = &node{length: length}
		}
		return n.element
	}
	name := v.Name(i)
	if len(name) > LongestValue { // no question has room for it
		return nil
	}
	child := n.members[name]
	if length := n.length + len(".") + len(name); child == nil && s.reserve(length) {
		if n.members == nil {
			n.members = map[string]*node{}
		}
		child = &node{length: length}
		n.members[strings.Clone(name)] = child // the name is a part of the whole document in memory
	}
	return child
}

func (s *Survey) count(f *found, v document.Value) {
	if f.last != s.documents {
		f.last = s.documents
		f.documents++
	}
	kind := v.Kind()
	if kind == document.False {
		kind = document.True
	}
	if f.lastType[kind] != s.documents {
		f.lastType[kind] = s.documents
		f.types[kind]++
	}
	if kind == document.Number {
		s.countNumber(f, v)
	}
	if kind != document.Null && kind != document.Array && kind != document.Object {
		s.countValue(f, v)
	}
}

func (s *Survey) countValue(f *found, v document.Value) {
	if f.overflowed {
		return
	}
	key := s.keyOf(v)
	value := f.values[string(key)]
	if value == nil {
		if len(f.values) >= MostValues {
			s.overflow(f)
			return
		}
		if s.held >= mostHeld || s.heldBytes >= mostHeldBytes {
			if s.makeRoomForValues(); f.overflowed {
				return
			}
		}
		if f.values == nil {
			f.values = map[string]*counted{}
		}
		value = &counted{}
		f.values[string(key)] = value
		s.held++
		s.heldBytes += len(key)
	}
	if value.last != s.documents {
		value.last = s.documents
		value.documents++
	}
}

// keyOf is the value as JSON, or the digest of a long one; equal numbers have the same. It is valid until
// the next call.
func (s *Survey) keyOf(v document.Value) []byte {
	if v.Kind() == document.Number {
		s.key = append(s.key[:0], plain(v.Text())...)
	} else {
		s.key = v.Append(s.key[:0])
	}
	if len(s.key) > LongestValue {
		sum := sha256.Sum256(s.key)
		s.key = append(append(s.key[:0], unlisted...), sum[:]...)
	}
	return s.key
}

// plain is a number in plain decimal notation without zeros at its end.
func plain(number string) string {
	if strings.Contains(number, ".") {
		number = strings.TrimRight(strings.TrimRight(number, "0"), ".")
	}
	if number == "-0" {
		return "0"
	}
	return number
}

func (s *Survey) countNumber(f *found, v document.Value) {
	number, err := strconv.ParseFloat(v.Text(), 64)
	f.min.keep(number, v.Text(), -1)
	f.max.keep(number, v.Text(), 1)
	f.seenNumbers++
	if err != nil { // beyond the range of float64
		return
	}
	if len(f.numbers) < s.sampleSize {
		f.numbers = append(f.numbers, number)
		if s.sampled++; s.sampled > mostSampled {
			s.halve()
		}
		return
	}
	if i := s.random.IntN(f.seenNumbers); i < len(f.numbers) {
		f.numbers[i] = number
	}
}

// halve leaves random halves of the largest samples. A path keeps at least one number.
func (s *Survey) halve() {
	s.sampleSize, s.sampled = max(1, s.sampleSize/2), 0
	var shrink func(n *node)
	shrink = func(n *node) {
		if len(n.numbers) > s.sampleSize {
			s.random.Shuffle(len(n.numbers), func(i, j int) { n.numbers[i], n.numbers[j] = n.numbers[j], n.numbers[i] })
			n.numbers = slices.Clone(n.numbers[:s.sampleSize])
		}
		s.sampled += len(n.numbers)
		for _, member := range n.members {
			shrink(member)
		}
		if n.element != nil {
			shrink(n.element)
		}
	}
	shrink(&s.root)
}
