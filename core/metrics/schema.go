package metrics

import (
	"net/url"
	"slices"
	"strings"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
)

const (
	// maxSteps bounds how many nodes of a schema are looked at.
	maxSteps = 1000
	// maxPathLength is in bytes. It ends the walk through a schema that refers to itself.
	maxPathLength = 500
	// maxReferenceLength is the largest length in bytes of a reference that is followed.
	maxReferenceLength = 4096
	// maxNames bounds how many names in lists of a schema are looked at: a list counts again wherever a reference
	// leads to it.
	maxNames = 100_000
	// maxMetrics is the largest number of metrics of a benchmark.
	maxMetrics = 100
)

// FromSchema returns the metrics that a JSON Schema declares by the keyword "metric" of a
// property, in the order of the schema, then those that it suggests: numeric properties
// with "suggestToUser": true. Properties behind references inside of the schema count.
// A declaration that is malformed is left out, and a schema that cannot be read has none. The metrics are shared,
// and must not be changed.
func FromSchema(schema []byte) []domain.Metric { return declared.Get(schema, readMetrics) }

// declared are the metrics of schemas.
var declared BySchema[[]domain.Metric]

func readMetrics(schema []byte) []domain.Metric {
	root, err := parseNode(schema)
	if err != nil {
		return nil
	}
	w := walk{root: root, queue: []place{{node: root}}}
	for step := 0; step < len(w.queue) && step < maxSteps; step++ {
		w.visit(w.queue[step])
	}
	return slices.Concat(w.declared, w.suggested)
}

// Descriptions returns the keyword "description" of the properties of a JSON Schema, by their
// path; the first one of a path.
func Descriptions(schema []byte) map[string]string {
	root, err := parseNode(schema)
	if err != nil {
		return nil
	}
	found := map[string]string{}
	w := walk{root: root, queue: []place{{node: root}}}
	for step := 0; step < len(w.queue) && step < maxSteps; step++ {
		p := w.queue[step]
		if text, ok := p.node.text("description"); ok && p.path != "" && found[p.path] == "" {
			found[p.path] = text
		}
		w.visit(p)
	}
	return found
}

// place is a node of a schema, and the path of the values that it describes.
type place struct {
	node node
	path string
}

// walk visits a schema, breadth first.
type walk struct {
	root                node
	queue               []place
	declared, suggested []domain.Metric
}

func (w *walk) visit(p place) {
	if p.path != "" && len(w.declared)+len(w.suggested) < maxMetrics {
		w.collect(p)
	}
	w.follow(p)
	properties, _ := p.node.member("properties")
	for _, property := range properties.members {
		if w.isFull() {
			break
		}
		if property.name != "" { // nothing has the empty name
			w.push(property.value, joinPath(p.path, pathOf(property.name)))
		}
	}
}

// follow adds the nodes that describe the same value.
func (w *walk) follow(p place) {
	if ref, ok := p.node.text("$ref"); ok {
		if target, ok := w.resolve(ref); ok {
			w.push(target, p.path)
		}
	}
	for _, word := range []string{"allOf", "anyOf", "oneOf"} {
		parts, _ := p.node.member(word)
		for _, part := range parts.items {
			if w.isFull() {
				return
			}
			w.push(part, p.path)
		}
	}
	for _, word := range []string{"then", "else"} {
		if part, ok := p.node.member(word); ok {
			w.push(part, p.path)
		}
	}
}

// isFull reports whether the walk takes no more nodes.
func (w *walk) isFull() bool { return len(w.queue) >= maxSteps }

func (w *walk) push(n node, path string) {
	if n.kind == objectNode && len(path) <= maxPathLength && !w.isFull() {
		w.queue = append(w.queue, place{n, path})
	}
}

// resolve follows a JSON Pointer inside of the schema (RFC 6901, section 6).
func (w *walk) resolve(ref string) (node, bool) {
	pointer, ok := strings.CutPrefix(ref, "#")
	if !ok || len(pointer) > maxReferenceLength {
		return node{}, false
	}
	pointer, err := url.PathUnescape(pointer)
	if err != nil || pointer != "" && !strings.HasPrefix(pointer, "/") {
		return node{}, false
	}
	at := w.root
	for token := range strings.SplitSeq(strings.TrimPrefix(pointer, "/"), "/") {
		if pointer == "" {
			break
		}
		token = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
		if at, ok = at.child(token); !ok {
			return node{}, false
		}
	}
	return at, true
}

func (w *walk) collect(p place) {
	if declaration, ok := p.node.member("metric"); ok {
		if contains(w.declared, p.path) {
			return
		}
		if metric, ok := metricOf(p, declaration); ok {
			w.declared = append(w.declared, metric)
		}
		return
	}
	if p.node.isTrue("suggestToUser") && p.node.isNumeric() && !contains(w.suggested, p.path) {
		metric := domain.UndeclaredMetric(p.path)
		metric.Name, _ = p.node.text("title")
		metric.Source = domain.SuggestedMetric
		w.suggested = append(w.suggested, metric)
	}
}

// maxDeclared is how many members of the keyword "metric" are read.
const maxDeclared = 100

// metricOf reads the keyword "metric" of a property; members that it does not know are
// ignored, as JSON Schema does with keywords.
func metricOf(p place, declaration node) (domain.Metric, bool) {
	if declaration.kind != objectNode {
		return domain.Metric{}, false
	}
	metric := domain.UndeclaredMetric(p.path)
	metric.Name, _ = p.node.text("title")
	metric.Source = domain.SchemaMetric
	for _, m := range declaration.members[:min(maxDeclared, len(declaration.members))] {
		if set := members[m.name]; set != nil && set(&metric, m.value.scalar) != "" {
			return domain.Metric{}, false
		}
	}
	return metric, true
}

func contains(metrics []domain.Metric, path string) bool {
	return slices.ContainsFunc(metrics, func(m domain.Metric) bool { return m.Path == path })
}

func joinPath(path, part string) string {
	if path == "" {
		return part
	}
	return path + "." + part
}

// pathOf is the path of a member.
func pathOf(name string) string { return filter.Names(name).String() }
