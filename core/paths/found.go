package paths

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/statistics"
)

// Path is what documents contain at one path.
type Path struct {
	// Path has [*] for the elements of arrays.
	Path filter.Path
	// Types counts the documents with a value of the type.
	Types map[string]int
	// Documents is how many documents have the path.
	Documents int
	// Distinct is how many different values there are, null apart; -1 if more than are
	// counted.
	Distinct int
	// Values are the most frequent ones that are not longer than LongestValue.
	Values []Value
	// text is the path in its canonical form.
	text string
	// Numbers is nil if no value is a number.
	Numbers *Numbers
}

// Value is a value, and how many documents have it.
type Value struct {
	// JSON is the value as JSON.
	JSON      []byte
	Documents int
}

// Numbers is the range of the numbers at a path.
type Numbers struct {
	// Min and Max are in plain decimal notation.
	Min, Max string
	// Quartiles are those of the numbers, or of a sample of them.
	Quartiles [3]float64
}

// Paths returns all paths that begin with the prefix, in their canonical form or without its
// quotes: the most frequent first, then by their form, with so many values each.
func (s *Survey) Paths(prefix string, values int) []Path {
	var all []Path
	var collect func(n *node, path filter.Path)
	collect = func(n *node, path filter.Path) {
		if n.documents > 0 {
			// No question finds a member with an empty name.
			text := path.String()
			if isFound := strings.HasPrefix(text, prefix) || begins(path, prefix); isFound && !path.LeadsNowhere() {
				one := n.describe(path, values)
				one.text = text
				all = append(all, one)
			}
		}
		for name, member := range n.members {
			collect(member, append(slices.Clip(path), filter.Part{Name: name}))
		}
		if n.element != nil {
			collect(n.element, append(slices.Clip(path), filter.Part{Any: true}))
		}
	}
	collect(&s.root, nil)
	slices.SortFunc(all, func(a, b Path) int {
		return cmp.Or(cmp.Compare(b.Documents, a.Documents), strings.Compare(a.text, b.text))
	})
	return all
}

// begins tells whether the path without quotes begins with the text.
func begins(path filter.Path, prefix string) bool {
	var plain strings.Builder
	for i, part := range path {
		switch {
		case part.Any:
			plain.WriteString("[*]")
		case i > 0:
			plain.WriteString("." + part.Name)
		default:
			plain.WriteString(part.Name)
		}
	}
	return strings.HasPrefix(plain.String(), prefix)
}

// typeNames are the types in the words of JSON Schema.
var typeNames = map[document.Kind]string{
	document.Null: "null", document.True: "boolean", document.Number: "number", document.String: "string",
	document.Array: "array", document.Object: "object",
}

func (f *found) describe(path filter.Path, values int) Path {
	p := Path{Path: path, Types: map[string]int{}, Documents: f.documents, Distinct: len(f.values)}
	for kind, name := range typeNames {
		if n := f.types[kind]; n > 0 {
			p.Types[name] = n
		}
	}
	if f.overflowed {
		p.Distinct = -1
	} else {
		p.Values = f.mostFrequent(values)
	}
	if sample, err := statistics.NewSample(f.numbers); err == nil && len(f.numbers) > 0 {
		p.Numbers = &Numbers{Min: plain(f.min.Text()), Max: plain(f.max.Text())}
		for i := range p.Numbers.Quartiles {
			if q := sample.Quantile(float64(i+1) / 4); q != nil {
				p.Numbers.Quartiles[i] = *q
			}
		}
	}
	return p
}

// mostFrequent returns so many values. There may be thousands of each path: it sorts only those.
func (f *found) mostFrequent(most int) []Value {
	top := make([]Value, 0, min(most, len(f.values)))
	for key, value := range f.values {
		if strings.HasPrefix(key, unlisted) {
			continue
		}
		i, _ := slices.BinarySearchFunc(top, Value{[]byte(key), value.documents}, compareValues)
		if i == most {
			continue
		}
		if len(top) == most {
			top = top[:most-1]
		}
		top = slices.Insert(top, i, Value{[]byte(key), value.documents})
	}
	return top
}

// compareValues puts frequent values first, and equally frequent ones in their order.
func compareValues(a, b Value) int {
	if c := cmp.Compare(b.Documents, a.Documents); c != 0 {
		return c
	}
	return compareJSON(string(a.JSON), string(b.JSON))
}

// compareJSON compares numbers as numbers, and all other scalars by their text.
func compareJSON(a, b string) int {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX == nil && errY == nil && x != y {
		return cmp.Compare(x, y)
	}
	return strings.Compare(a, b)
}
