package web

import (
	"slices"
	"strconv"

	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/filter"
)

// tree is a document for a page: a list of values that folds.
type tree struct {
	Nodes []treeNode
	// Left says how many values the page leaves out; empty for none.
	Left string
}

// treeNode is a member of an object or an element of an array.
type treeNode struct {
	// Name is the member's, Path that of the value as conditions write it.
	Name, Path string
	// Text is a value; empty for an object or an array with members.
	Text string
	// IsText is true for a string.
	IsText bool
	// Condition is the text of a condition that the value satisfies; empty for null.
	Condition string
	Children  []treeNode
	Open      bool
	// Menu is what can be done with the value; nil unless somebody asked for it.
	Menu []anchor
}

const (
	// mostNodes bounds the values of a page, openNodes those up to which everything is unfolded.
	mostNodes = 400
	openNodes = 40
	// longestText bounds the characters of a value that a page shows.
	longestText = 300
)

// treeOf is the tree of a document.
func treeOf(value document.Value) tree {
	builder := treeBuilder{open: countLeaves(value) <= openNodes}
	nodes := builder.children(value, nil)
	t := tree{Nodes: nodes}
	if builder.left > 0 {
		t.Left = words.Left(builder.left, "value")
	}
	return t
}

type treeBuilder struct {
	open        bool
	nodes, left int
}

func (b *treeBuilder) children(value document.Value, at filter.Path) []treeNode {
	var nodes []treeNode
	for i := range value.Len() {
		name := strconv.Itoa(i)
		if value.Kind() == document.Object {
			name = value.Name(i)
		}
		if b.nodes++; b.nodes > mostNodes {
			b.left += countLeaves(value.Item(i))
			continue
		}
		path := slices.Concat(at, filter.Path{{Name: name}})
		nodes = append(nodes, b.node(name, value.Item(i), path))
	}
	return nodes
}

// longestOpen is the number of members from which a list or an object begins folded.
const longestOpen = 40

func (b *treeBuilder) node(name string, value document.Value, path filter.Path) treeNode {
	node := treeNode{Name: name, Path: path.String(), Open: b.open || len(path) == 1}
	switch value.Kind() {
	case document.Object, document.Array:
		if value.Len() > longestOpen {
			node.Open = false
		}
		if node.Children = b.children(value, path); value.Len() == 0 {
			node.Text = string(value.Append(nil))
		}
	case document.String:
		node.Text, node.IsText = clipped(value.Text(), longestText), true
		node.Condition = address.Exactly(value.Text(), true)
	case document.Number:
		node.Text, node.Condition = clipped(value.Text(), longestText), value.Text()
	case document.True, document.False, document.Null:
		node.Text = string(value.Append(nil))
		if value.Kind() != document.Null {
			node.Condition = node.Text
		}
	}
	return node
}

func countLeaves(value document.Value) int {
	if value.Kind() != document.Object && value.Kind() != document.Array || value.Len() == 0 {
		return 1
	}
	n := 0
	for i := range value.Len() {
		n += countLeaves(value.Item(i))
	}
	return n
}

// pick gives the value at the path a menu, and unfolds what is around it. ok is false if there
// is no such value.
func (t tree) pick(path string, menu func(treeNode) []anchor) bool {
	return pickIn(t.Nodes, path, menu)
}

func pickIn(nodes []treeNode, path string, menu func(treeNode) []anchor) bool {
	for i := range nodes {
		node := &nodes[i]
		if node.Path == path && node.Condition != "" {
			node.Menu = menu(*node)
			return true
		}
		if pickIn(node.Children, path, menu) {
			node.Open = true
			return true
		}
	}
	return false
}
