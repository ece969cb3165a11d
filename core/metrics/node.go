package metrics

import (
	"bytes"
	"encoding/json"
	"errors"
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
	items   []node
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
	for i := range n.members {
		if n.members[i].name == name {
			n.members[i].value = value
			return err
		}
	}
	n.members = append(n.members, member{name, value})
	return err
}

func (n node) member(name string) (node, bool) {
	for _, m := range n.members {
		if m.name == name {
			return m.value, true
		}
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
	for _, t := range types.items {
		if t.scalar != "null" && !isNumericType(t.scalar) {
			return false
		}
		numeric = numeric || isNumericType(t.scalar)
	}
	return numeric
}

func isNumericType(name any) bool { return name == "number" || name == "integer" }
