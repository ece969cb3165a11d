package paths

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/statistics"
)

// MostListed is how many values of a path are listed at most.
const MostListed = 100

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

// Summary is what a Survey found, in little memory: the paths with the most frequent values of each. It is
// never changed: any number of goroutines may read it.
type Summary struct {
	// documents is how many documents there are.
	documents int
	// places are the most frequent first, then by their text.
	places []place
	weight int
}

// place is what a Summary keeps of a path.
type place struct {
	path filter.Path
	// text is the path in its canonical form.
	text      string
	types     [document.Object + 1]int
	documents int
	distinct  int
	values    []listed
	numbers   *Numbers
}

// listed is a value as JSON, and how many documents have it.
type listed struct {
	json      string
	documents int
}

// Documents is how many documents were summarized.
func (s *Summary) Documents() int { return s.documents }

// Weight is the memory that the summary takes, about, in units of 100 bytes.
func (s *Summary) Weight() int { return s.weight }

// Find returns the paths that begin with the prefix, in their canonical form or without its quotes: the most
// frequent first, then by their form. Of them it returns most after the first ones, with as many values each
// as wanted, at most MostListed; total is how many there are.
func (s *Summary) Find(prefix string, values, first, most int) (found []Path, total int) {
	for i := range s.places {
		p := &s.places[i]
		if !strings.HasPrefix(p.text, prefix) && !begins(p.path, prefix) {
			continue
		}
		if total++; total > first && len(found) < most {
			found = append(found, p.describe(values))
		}
	}
	return found, total
}

// begins tells whether the path without quotes begins with the text.
func begins(path filter.Path, prefix string) bool {
	for i, part := range path {
		name := part.Name
		switch {
		case part.Any:
			name = "[*]"
		case i > 0:
			name = "." + name
		}
		if len(prefix) <= len(name) {
			return strings.HasPrefix(name, prefix)
		}
		if !strings.HasPrefix(prefix, name) {
			return false
		}
		prefix = prefix[len(name):]
	}
	return prefix == ""
}

// typeNames are the types in the words of JSON Schema.
var typeNames = map[document.Kind]string{
	document.Null: "null", document.True: "boolean", document.Number: "number", document.String: "string",
	document.Array: "array", document.Object: "object",
}

func (p *place) describe(values int) Path {
	d := Path{Path: p.path, Types: map[string]int{}, Documents: p.documents, Distinct: p.distinct, Numbers: p.numbers}
	for kind, name := range typeNames {
		if n := p.types[kind]; n > 0 {
			d.Types[name] = n
		}
	}
	for _, value := range p.values[:min(values, len(p.values))] {
		d.Values = append(d.Values, Value{[]byte(value.json), value.documents})
	}
	return d
}

// Summarize returns what the survey found. The error is that of a context that has ended.
func (s *Survey) Summarize(ctx context.Context) (*Summary, error) {
	summary := &Summary{documents: s.documents}
	var collect func(n *node, path filter.Path) error
	collect = func(n *node, path filter.Path) error {
		if n.documents > 0 && !path.LeadsNowhere() { // no question finds a member with an empty name
			if err := ctx.Err(); err != nil {
				return err
			}
			summary.add(n.summarize(path))
		}
		for name, member := range n.members {
			if err := collect(member, append(slices.Clip(path), filter.Part{Name: name})); err != nil {
				return err
			}
		}
		if n.element != nil {
			return collect(n.element, append(slices.Clip(path), filter.Part{Any: true}))
		}
		return nil
	}
	if err := collect(&s.root, nil); err != nil {
		return nil, err
	}
	slices.SortFunc(summary.places, func(a, b place) int {
		return cmp.Or(cmp.Compare(b.documents, a.documents), strings.Compare(a.text, b.text))
	})
	return summary, nil
}

// add adds a place. Its weight follows from the sizes in memory: a place takes 300 bytes, a part of its path 40, and
// a value 24; texts come on top.
func (s *Summary) add(p place) {
	const unit, ofPlace, ofPart, ofValue = 100, 300, 40, 24
	size := ofPlace + ofPart*len(p.path) + 2*len(p.text)
	for _, value := range p.values {
		size += ofValue + len(value.json)
	}
	s.places = append(s.places, p)
	s.weight += size / unit
}

func (f *found) summarize(path filter.Path) place {
	p := place{path: path, text: path.String(), types: f.types, documents: f.documents, distinct: len(f.values)}
	if f.overflowed {
		p.distinct = -1
	} else {
		p.values = f.mostFrequent()
	}
	if sample, err := statistics.NewSample(f.numbers); err == nil && len(f.numbers) > 0 {
		p.numbers = &Numbers{Min: plain(string(f.min.text)), Max: plain(string(f.max.text))}
		for i := range p.numbers.Quartiles {
			if q := sample.Quantile(float64(i+1) / 4); q != nil {
				p.numbers.Quartiles[i] = *q
			}
		}
	}
	return p
}

// ranked is a value with the number that it is, if it is one.
type ranked struct {
	listed
	number   float64
	isNumber bool
}

// mostFrequent returns the values that are listed. There may be thousands of each path: it sorts only those.
func (f *found) mostFrequent() []listed {
	top := make([]ranked, 0, min(MostListed, len(f.values)))
	for key, value := range f.values {
		isFull := len(top) == MostListed
		if strings.HasPrefix(key, unlisted) || isFull && value.documents < top[MostListed-1].documents {
			continue
		}
		one := ranked{listed: listed{key, value.documents}}
		if key[0] != '"' {
			number, err := strconv.ParseFloat(key, 64)
			one.number, one.isNumber = number, err == nil
		}
		i, _ := slices.BinarySearchFunc(top, one, ranked.compare)
		if i == MostListed {
			continue
		}
		if isFull {
			top = top[:MostListed-1]
		}
		top = slices.Insert(top, i, one)
	}
	values := make([]listed, len(top))
	for i, one := range top {
		values[i] = one.listed
	}
	return values
}

// compare puts frequent values first; equally frequent ones by number, all others by their text.
func (r ranked) compare(other ranked) int {
	if c := cmp.Compare(other.documents, r.documents); c != 0 {
		return c
	}
	if r.isNumber && other.isNumber && r.number != other.number {
		return cmp.Compare(r.number, other.number)
	}
	return strings.Compare(r.json, other.json)
}
