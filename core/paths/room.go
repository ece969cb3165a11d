package paths

import (
	"cmp"
	"slices"
)

// makeRoom makes room for the paths of one more document that does not crowd: if there is little, it forgets
// what the fewest documents have, and of that what no document had for the longest time, until half of
// the room is free.
func (s *Survey) makeRoom() {
	if s.nodes+manyNew+1 < mostNodes && s.nodeBytes < mostNodeBytes/2 {
		return
	}
	var leaves []*node
	s.root.each(func(n *node) {
		if n.isLeaf() {
			leaves = append(leaves, n)
		}
	})
	slices.SortFunc(leaves, func(a, b *node) int {
		return cmp.Or(cmp.Compare(a.documents, b.documents), cmp.Compare(a.last, b.last))
	})
	nodes, size := s.nodes, s.nodeBytes
	for _, leaf := range leaves {
		if nodes <= mostNodes/2 && size <= mostNodeBytes/4 {
			break
		}
		leaf.forgotten = true
		nodes, size = nodes-1, size-leaf.length
	}
	s.prune(&s.root)
}

// makeRoomForValues makes room for values: it forgets those of the paths that have the most values for each
// document, until a quarter of the room is free.
func (s *Survey) makeRoomForValues() {
	var all []*node
	s.root.each(func(n *node) {
		if len(n.values) > 0 {
			all = append(all, n)
		}
	})
	slices.SortFunc(all, func(a, b *node) int {
		return cmp.Or(cmp.Compare(len(b.values)*a.documents, len(a.values)*b.documents), cmp.Compare(len(b.values), len(a.values)))
	})
	for _, n := range all {
		if s.held <= mostHeld*3/4 && s.heldBytes <= mostHeldBytes*3/4 {
			return
		}
		s.overflow(&n.found)
	}
}

// overflow forgets the values of a place, and counts them no more.
func (s *Survey) overflow(f *found) {
	s.release(f)
	f.overflowed = true
}

// isLeaf tells that a place leads no further.
func (n *node) isLeaf() bool { return n.element == nil && len(n.members) == 0 }

// each calls yield with all places, those that lead further last.
func (n *node) each(yield func(*node)) {
	for _, member := range n.members {
		member.each(yield)
	}
	if n.element != nil {
		n.element.each(yield)
	}
	yield(n)
}

// prune removes what is forgotten, and the places that lead nowhere without it.
func (s *Survey) prune(n *node) (isEmpty bool) {
	for name, member := range n.members {
		if s.prune(member) {
			s.forget(member)
			delete(n.members, name)
		}
	}
	if n.element != nil && s.prune(n.element) {
		s.forget(n.element)
		n.element = nil
	}
	return n.isLeaf() && (n.forgotten || n.documents == 0)
}

// forget gives back the room of a place.
func (s *Survey) forget(n *node) {
	s.nodes--
	s.nodeBytes -= n.length
	s.sampled -= len(n.numbers)
	s.release(&n.found)
}

// release gives back the room of the values of a place.
func (s *Survey) release(f *found) {
	s.held -= len(f.values)
	for key := range f.values {
		s.heldBytes -= len(key)
	}
	f.values = nil
}
