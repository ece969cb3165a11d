package metrics

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
)

const (
	// maxLeaves is how many paths of a benchmark an index may hold.
	maxLeaves = 100
	// maxSeveral is how many of them may lead into every element of an array, since each of
	// them has many values in one document.
	maxSeveral = 20
)

// Leaves returns the paths that the metrics of a benchmark name, then those that its schema
// names: its properties, and those below them, in the elements of arrays ([*]), behind
// references inside of the schema and in what may hold besides. Lists and objects are none.
// There are at most 100, in their canonical form; those of the schema are in their order, the
// at most 20 with [*] last.
func Leaves(benchmark *domain.Benchmark) []string {
	leaves := []string{}
	several := 0
	add := func(text string) {
		path := Path(text)
		if len(leaves) == maxLeaves || len(path) == 0 || path.LeadsNowhere() || slices.Contains(leaves, text) {
			return
		}
		if path.HasAny() {
			if several++; several > maxSeveral {
				return
			}
		}
		leaves = append(leaves, text)
	}
	for _, metric := range Of(benchmark) {
		add(metric.Path)
		add(metric.Resource)
		add(metric.Label)
	}
	named := schemaLeaves(benchmark.JSONSchema)
	slices.SortFunc(named, func(a, b string) int {
		return cmp.Or(cmp.Compare(strings.Count(a, anyElement), strings.Count(b, anyElement)), strings.Compare(a, b))
	})
	for _, path := range named {
		add(path)
	}
	return leaves
}

// anyElement stands in paths for the elements of an array.
const anyElement = "[*]"

func schemaLeaves(schema json.RawMessage) (paths []string) {
	root, err := parseNode(schema)
	if err != nil {
		return nil
	}
	names := 0
	w := walk{root: root, queue: []place{{node: root}}}
	for step := 0; step < len(w.queue) && step < maxSteps; step++ {
		p := w.queue[step]
		if p.path != "" && p.node.isLeaf() {
			paths = append(paths, p.path)
		}
		properties, _ := p.node.member("properties")
		for _, property := range properties.members {
			if names++; names > maxNames {
				break
			}
			if property.name != "" && property.value.scalar == true {
				paths = append(paths, joinPath(p.path, filter.Names(property.name).String()))
			}
		}
		w.visit(p)
		if items, ok := p.node.member("items"); ok && p.path != "" {
			w.push(items, p.path+anyElement)
		}
	}
	return paths
}

// isLeaf tells whether the schema is about a value that is neither an array nor an object, as
// far as it says.
func (n node) isLeaf() bool {
	for _, word := range []string{"properties", "$ref", "allOf", "anyOf", "oneOf"} {
		if _, ok := n.member(word); ok {
			return false
		}
	}
	kind, _ := n.text("type")
	return kind != "array" && kind != "object"
}
