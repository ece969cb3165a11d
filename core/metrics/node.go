package metrics

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
)

type nodeKind int

const (
	scalarNode nodeKind = iota
	arrayNode
	objectNode
)

// node is a part of a JSON text. In contrast to a map it keeps the order of members.
type node struct {
	kind    nodeKind
	members []member
	// places are the positions of members by their names; nil where there are few.
	places map[string]int
	items  []node
	// scalar is a string, a json.Number, a bool or nil.
	scalar any
}

type member struct {
	name  string
	value node
}

var errTooDeep = errors.New("the schema is nested too deeply")

// maxDepth bounds the nesting of a schema.
const maxDepth = 200

func parseNode(text []byte) (node, error) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	return readNode(decoder, 0)
}

func readNode(d *json.Decoder, depth int) (node, error) {
	if depth > maxDepth {
		return node{}, errTooDeep
	}
	token, err := d.Token()
	if err != nil {
		return node{}, err
	}
	delimiter, ok := token.(json.Delim)
	if !ok {
		return node{scalar: token}, nil
	}
	n := node{kind: arrayNode}
	if delimiter == '{' {
		n.kind = objectNode
	}
	for d.More() {
		if n.kind == objectNode {
			err = n.readMember(d, depth)
		} else {
			var item node
			item, err = readNode(d, depth+1)
			n.items = append(n.items, item)
		}
		if err != nil {
			return node{}, err
		}
	}
	_, err = d.Token()
	return n, err
}

// readMember adds a member. Of equal names the last counts.
func (n *node) readMember(d *json.Decoder, depth int) error {
	token, err := d.Token()
	if err != nil {
		return err
	}
	name, _ := token.(string)
	value, err := readNode(d, depth+1)
	if at, ok := n.find(name); ok {
		n.members[at].value = value
		return err
	}
	n.members = append(n.members, member{name, value})
	n.place()
	return err
}

// fewMembers is the number of members up to which an object is searched one by one.
const fewMembers = 8

// place notes the position of the last member, if there are more than a few.
func (n *node) place() {
	last := len(n.members) - 1
	if n.places == nil && last == fewMembers {
		n.places = map[string]int{}
		for i, m := range n.members[:last] {
			n.places[m.name] = i
		}
	}
	if n.places != nil {
		n.places[n.members[last].name] = last
	}
}

// find returns the position of the member of that name.
func (n *node) find(name string) (at int, ok bool) {
	if n.places != nil {
		at, ok = n.places[name]
		return at, ok
	}
	at = slices.IndexFunc(n.members, func(m member) bool { return m.name == name })
	return at, at >= 0
}

func (n node) member(name string) (node, bool) {
	if at, ok := n.find(name); ok {
		return n.members[at].value, true
	}
	return node{}, false
}

// child is the member of that name, or the item at that index.
func (n node) child(token string) (node, bool) {
	if n.kind != arrayNode {
		return n.member(token)
	}
	i, err := strconv.Atoi(token)
	if err != nil || i < 0 || i >= len(n.items) {
		return node{}, false
	}
	return n.items[i], true
}

func (n node) text(name string) (string, bool) {
	value, _ := n.member(name)
	text, ok := value.scalar.(string)
	return text, ok
}

func (n node) isTrue(name string) bool {
	value, _ := n.member(name)
	return value.scalar == true
}

// isNumeric tells whether the schema demands a number, or a number or null.
func (n node) isNumeric() bool {
	types, _ := n.member("type")
	if types.kind == scalarNode {
		return isNumericType(types.scalar)
	}
	numeric := false
	for _, t := range types.items[:min(maxTypes, len(types.items))] {
		if t.scalar != "null" && !isNumericType(t.scalar) {
			return false
		}
		numeric = numeric || isNumericType(t.scalar)
	}
	return numeric
}

func isNumericType(name any) bool { return name == "number" || name == "integer" }
