package sqlite

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/filter"
)

// leaf is an indexed path: a row of result_leaf.
type leaf struct {
	id   int64
	path filter.Path
}

// leaves are the indexed paths of a benchmark, prepared to find all their values in a document
// in one pass.
type leaves struct {
	all []leaf
	// tree has the paths up to the first [*] that consist of names, others the positions of all others in all.
	tree   branch
	others []int
}

// branch is a step of several paths.
type branch struct {
	// leaves are the positions of the paths that end here.
	leaves []int
	next   map[string]*branch
	// byIndex are those of next whose name is an index of an array.
	byIndex map[int64]*branch
}

// parseLeaves reads a JSON array of pairs of an id and a path.
func parseLeaves(text string) (*leaves, error) {
	var pairs [][2]any
	if err := json.Unmarshal([]byte(text), &pairs); err != nil {
		return nil, fmt.Errorf("read the indexed paths: %w", err)
	}
	found := &leaves{}
	for i, pair := range pairs {
		id, _ := pair[0].(float64)
		text, _ := pair[1].(string)
		path, _ := filter.ParsePath(text, math.MaxInt)
		found.all = append(found.all, leaf{int64(id), path})
		if before := beforeElements(path); before.IsPlain() && !before.LeadsNowhere() {
			found.tree.add(before, i)
		} else {
			found.others = append(found.others, i)
		}
	}
	return found, nil
}

// beforeElements is the path up to the first [*], all of it if there is none.
func beforeElements(path filter.Path) filter.Path {
	if i := slices.IndexFunc(path, func(part filter.Part) bool { return part.Any }); i >= 0 {
		return path[:i]
	}
	return path
}

func (b *branch) add(path filter.Path, position int) {
	if len(path) == 0 {
		b.leaves = append(b.leaves, position)
		return
	}
	name := path[0].Name
	if b.next[name] == nil {
		if b.next == nil {
			b.next = map[string]*branch{}
		}
		b.next[name] = &branch{}
		if i, ok := document.ArrayIndex(name); ok {
			if b.byIndex == nil {
				b.byIndex = map[int64]*branch{}
			}
			b.byIndex[i] = b.next[name]
		}
	}
	b.next[name].add(path[1:], position)
}

// find returns the texts of the values at the paths up to the first [*], nil where there is none.
func (l *leaves) find(text []byte) []jsontext.Value {
	values := make([]jsontext.Value, len(l.all))
	whole := find(text, nil)
	if whole == nil {
		return values
	}
	l.tree.collect(whole, values)
	for _, i := range l.others {
		values[i] = find(text, beforeElements(l.all[i].path))
	}
	return values
}

// collect sets the values at the paths from here on.
func (b *branch) collect(value jsontext.Value, values []jsontext.Value) {
	for _, i := range b.leaves {
		values[i] = value
	}
	if len(b.next) == 0 {
		return
	}
	if value.Kind() == '[' {
		if len(b.byIndex) == 0 {
			return
		}
		i := int64(0)
		elements(value, func(element []byte) bool {
			if next := b.byIndex[i]; next != nil {
				next.collect(element, values)
			}
			i++
			return true
		})
		return
	}
	b.collectMembers(value, values)
}

// collectMembers looks into an object. Of several members with one name the last one counts.
func (b *branch) collectMembers(object jsontext.Value, values []jsontext.Value) {
	document.Members(object, func(name, value []byte) bool {
		if next := b.next[document.Name(name)]; next != nil {
			next.clear(values)
			next.collect(value, values)
		}
		return true
	})
}

// clear forgets the values of an earlier member with the same name.
func (b *branch) clear(values []jsontext.Value) {
	for _, i := range b.leaves {
		values[i] = nil
	}
	for _, next := range b.next {
		next.clear(values)
	}
}
