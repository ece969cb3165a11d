package metrics

import "slices"

// Property is a value that a JSON Schema describes.
type Property struct {
	Path string
	// Types are the keyword "type"; empty if any type is allowed.
	Types []string
	// Required: every document has the value.
	Required    bool
	Description string
}

// Properties returns the values that a JSON Schema describes, in the order of the schema: the
// shallow ones first. Objects that have properties themselves are left out.
func Properties(schema []byte) []Property {
	root, err := parseNode(schema)
	if err != nil {
		return nil
	}
	found := properties{required: map[string]bool{"": true}, parents: map[string]bool{}, places: map[string]int{}}
	w := walk{root: root, queue: []place{{node: root}}}
	for step := 0; step < len(w.queue) && step < maxSteps; step++ {
		found.add(w.queue[step])
		w.visit(w.queue[step])
	}
	return slices.DeleteFunc(found.list, func(p Property) bool { return found.parents[p.Path] })
}

type properties struct {
	list     []Property
	required map[string]bool
	// parents are the paths of objects with properties.
	parents map[string]bool
	// places are the positions in the list by the paths, names how many required names were looked at.
	places map[string]int
	names  int
}

func (f *properties) add(p place) {
	if f.required[p.path] {
		f.require(p)
	}
	if inner, ok := p.node.member("properties"); ok && len(inner.members) > 0 {
		f.parents[p.path] = true
	}
	if p.path == "" {
		return
	}
	at, isKnown := f.places[p.path]
	if !isKnown {
		at = len(f.list)
		f.places[p.path] = at
		f.list = append(f.list, Property{Path: p.path})
	}
	known := &f.list[at]
	known.Required = f.required[p.path]
	if known.Description == "" {
		known.Description, _ = p.node.text("description")
	}
	if len(known.Types) == 0 {
		known.Types = typesOf(p.node)
	}
}

// require notes which members of a required object are required.
func (f *properties) require(p place) {
	names, _ := p.node.member("required")
	for _, name := range names.items {
		if f.names++; f.names > maxNames {
			return
		}
		if text, ok := name.scalar.(string); ok {
			f.required[joinPath(p.path, pathOf(text))] = true
		}
	}
}

// maxTypes is the number of types of JSON Schema.
const maxTypes = 7

func typesOf(n node) []string {
	declared, _ := n.member("type")
	if text, ok := declared.scalar.(string); ok {
		return []string{text}
	}
	var types []string
	for _, item := range declared.items[:min(maxTypes, len(declared.items))] {
		if text, ok := item.scalar.(string); ok {
			types = append(types, text)
		}
	}
	return types
}
