package site

import (
	"bytes"
	"fmt"
	"html"

	"github.com/yuin/goldmark/ast"
	extension "github.com/yuin/goldmark/extension/ast"
	"github.com/yuin/goldmark/renderer"
	"github.com/yuin/goldmark/util"
)

// narrow is the number of characters that fit on the smallest screen: 320 CSS pixels, also
// the width of a large screen at 400 percent.
const narrow = 30

// boxes renders code and tables, which may be wider than the page, as boxes that scroll.
// The Tab key stops at boxes that may scroll, so that nobody needs a mouse.
type boxes struct{}

// RegisterFuncs implements renderer.NodeRenderer.
func (boxes) RegisterFuncs(r renderer.NodeRendererFuncRegisterer) {
	r.Register(ast.KindCodeBlock, renderCode)
	r.Register(ast.KindFencedCodeBlock, renderCode)
	r.Register(extension.KindTable, renderTable)
}

// renderCode renders a block of code. It ignores the language of the block.
func renderCode(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		return ast.WalkContinue, nil
	}
	widest := 0
	var code bytes.Buffer
	for _, line := range node.Lines().Sliced(0, node.Lines().Len()) {
		widest = max(widest, len(bytes.TrimRight(line.Value(source), "\n")))
		code.Write(line.Value(source))
	}
	_, err := fmt.Fprintf(w, "<pre%s><code>%s</code></pre>\n", stop("Code", widest), html.EscapeString(code.String()))
	return ast.WalkSkipChildren, err //nolint:wrapcheck // the error of the buffer
}

func renderTable(w util.BufWriter, source []byte, node ast.Node, entering bool) (ast.WalkStatus, error) {
	if !entering {
		_, err := w.WriteString("</table>\n</div>\n")
		return ast.WalkContinue, err //nolint:wrapcheck // the error of the buffer
	}
	_, err := fmt.Fprintf(w, "<div class=\"table\"%s>\n<table>\n", stop("Table", tableWidth(node, source)))
	return ast.WalkContinue, err //nolint:wrapcheck // the error of the buffer
}

// stop returns the attributes that make the Tab key stop at a box, if the box may be too
// wide.
func stop(name string, width int) string {
	if width <= narrow {
		return ""
	}
	return fmt.Sprintf(" tabindex=\"0\" role=\"group\" aria-label=%q", name)
}

// tableWidth returns the least width of a table in characters: the longest word of each
// column, and the space around it.
func tableWidth(table ast.Node, source []byte) int {
	const around = 3
	var columns []int
	for row := table.FirstChild(); row != nil; row = row.NextSibling() {
		i := 0
		for cell := row.FirstChild(); cell != nil; cell = cell.NextSibling() {
			if i == len(columns) {
				columns = append(columns, 0)
			}
			for word := range bytes.FieldsSeq([]byte(plain(cell, source))) {
				columns[i] = max(columns[i], len(word))
			}
			i++
		}
	}
	width := 0
	for _, column := range columns {
		width += column + around
	}
	return width
}
