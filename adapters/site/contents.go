package site

import "github.com/yuin/goldmark/ast"

const (
	// fewHeadings is the number of headings of a page that needs no list of contents.
	fewHeadings = 3
	// manyHeadings is the number of headings whose list would fill more than a screen.
	manyHeadings = 14
)

// heading is a heading of the second or third level.
type heading struct {
	Title, Anchor string
	// Below are the headings of the third level under one of the second.
	Below []heading
}

// contents are the headings of a page.
type contents []heading

// Long tells whether the list is too long to be shown unfolded.
func (c contents) Long() bool {
	n := len(c)
	for _, h := range c {
		n += len(h.Below)
	}
	return n > manyHeadings
}

// contents returns the list of contents of a long page, nil for a short one.
func (d *document) contents() contents {
	var list contents
	n := 0
	d.walk(func(node ast.Node) {
		h, ok := node.(*ast.Heading)
		if !ok || h.Level != 2 && h.Level != 3 {
			return
		}
		n++
		one := heading{Title: plain(h, d.source), Anchor: anchor(h)}
		if h.Level == 3 && len(list) > 0 {
			last := &list[len(list)-1]
			last.Below = append(last.Below, one)
			return
		}
		list = append(list, one)
	})
	if n <= fewHeadings {
		return nil
	}
	return list
}

// anchor returns the id of a heading, "" if it has none.
func anchor(h *ast.Heading) string {
	id, _ := h.AttributeString("id")
	text, _ := id.([]byte)
	return string(text)
}
