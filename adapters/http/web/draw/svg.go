package draw

import (
	"bytes"
	"strings"
)

// SVG is the sheet as a file that needs neither a style sheet nor a script.
func (s Sheet) SVG() []byte {
	var b bytes.Buffer
	put := func(parts ...string) {
		for _, part := range parts {
			b.WriteString(part)
		}
	}
	width, height := pixels(s.Width), pixels(s.Height)
	put(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 `, width, " ", height, `" width="`, width, `" height="`, height,
		`" role="img" font-family="Liberation Sans, Arial, Helvetica, sans-serif"><title>`, plain(s.Title),
		`</title><rect width="100%" height="100%" fill="#fff"/>`, "\n")
	for _, m := range s.Marks {
		switch {
		case m.Kind == Text:
			l := lettersOf(m)
			put(`<text x="`, pixels(m.From.DX), `" y="`, pixels(m.From.DY), `" font-size="`, pixels(l.size), `"`,
				anchors[m.Anchor], ` fill="`, hex(l.ink), `">`, plain(m.Text), "</text>")
		case m.Kind == Sign && m.Role != Value:
			shape := signOf(m)
			put(`<path d="`, outlineAt(shape.outline, m.From), `Z" fill="`, hex(shape.fill), `" stroke="`, hex(shape.border),
				`" stroke-width="`, decimal(shape.width, 2), `"`)
			closed(&b, "path", m.Note)
		default:
			if m.Kind == Sign {
				m = tick(m)
			}
			st := strokeOf(m)
			put(`<path d="`, lineOf(m), `" fill="none" stroke="`, hex(st.ink), `" stroke-width="`, decimal(st.width, 2), `"`)
			if st.dashes != nil {
				put(` stroke-dasharray="`, pixels(st.dashes[0]), " ", pixels(st.dashes[1]), `"`)
			}
			closed(&b, "path", m.Note)
		}
		b.WriteByte('\n')
	}
	put("</svg>\n")
	return b.Bytes()
}

var anchors = map[Anchor]string{Start: "", Middle: ` text-anchor="middle"`, End: ` text-anchor="end"`}

func closed(b *bytes.Buffer, element, note string) {
	if note == "" {
		b.WriteString("/>")
		return
	}
	b.WriteString("><title>" + plain(note) + "</title></" + element + ">")
}

// outlineAt is the path of a shape at a place.
func outlineAt(outline [][2]float64, at At) string {
	var b strings.Builder
	for i, corner := range outline {
		b.WriteString(map[bool]string{true: "M", false: " "}[i == 0])
		b.WriteString(pixels(at.DX+corner[0]) + " " + pixels(at.DY+corner[1]))
	}
	return b.String()
}

// lineOf is the path of a line.
func lineOf(m Mark) string {
	var b strings.Builder
	for i, p := range m.corners() {
		b.WriteString(map[bool]string{true: "M", false: " "}[i == 0])
		b.WriteString(pixels(p.DX) + " " + pixels(p.DY))
	}
	return b.String()
}

// corners are the points of a line or a path.
func (m Mark) corners() []At {
	if m.Kind == Path {
		return m.Points
	}
	return []At{m.From, m.To}
}
