package metrics

import (
	"encoding/json"
	"slices"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
)

// maxLeaves is how many paths of a benchmark an index may hold.
const maxLeaves = 100

// Leaves returns the paths of single values that the metrics of a benchmark name, then those
// that its schema names: its properties, and those below them, behind references inside of the
// schema and in what may hold besides. Lists and objects are none. There are at most 100, in
// their canonical form; those of the schema are in their order.
func Leaves(benchmark *domain.Benchmark) []string {
	leaves := []string{}
	add := func(text string) {
		if len(leaves) < maxLeaves && isLeafPath(text) && !slices.Contains(leaves, text) {
			leaves = append(leaves, text)
		}
	}
	for _, metric := range Of(benchmark) {
		add(metric.Path)
		add(metric.Resource)
		add(metric.Label)
	}
	named := schemaLeaves(benchmark.JSONSchema)
	slices.Sort(named)
	for _, path := range named {
		add(path)
	}
	return leaves
}

// isLeafPath tells whether a path can lead to one value of a document.
func isLeafPath(text string) bool {
	path := Path(text)
	return len(path) > 0 && !path.LeadsNowhere() && !path.HasAny()
}

func schemaLeaves(schema json.RawMessage) (paths []string) {
	root, err := parseNode(schema)
	if err != nil {
		return nil
	}
	w := walk{root: root, queue: []place{{node: root}}}
	for step := 0; step < len(w.queue) && step < maxSteps; step++ {
		p := w.queue[step]
		if p.path != "" && p.node.isLeaf() {
			paths = append(paths, p.path)
		}
		properties, _ := p.node.member("properties")
		for _, property := range properties.members {
			if property.name != "" && property.value.scalar == true {
				paths = append(paths, joinPath(p.path, filter.Names(property.name).String()))
			}
		}
		w.visit(p)
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
