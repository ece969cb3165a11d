package draw

import (
	"html/template"
	"strconv"
	"strings"
)

// Signs are the shapes that the pictures of a page refer to. A page has them once, before
// its first picture.
const Signs template.HTML = `<svg width="0" height="0" aria-hidden="true" class="defs"><defs>` +
	`<path id="t" class="rep" d="M0-6V6"/><circle id="m1" r="5.5"/><rect id="m2" x="-5" y="-5" width="10" height="10"/>` +
	`<path id="m3" d="M0-6.6 6.2 4.9H-6.2Z"/><path id="m4" d="M0-6.8 6.8 0 0 6.8-6.8 0Z"/><path id="m5" d="M0 6.6 6.2-4.9H-6.2Z"/>` +
	`<path id="m6" d="M-1.9-5.6h3.8v3.7h3.7v3.8H1.9v3.7h-3.8V1.9h-3.7v-3.8h3.7Z"/><circle id="m0" r="3.5"/>` +
	`<path id="m7" d="M1 0 9-5.5v11Z"/><path id="m8" d="M-1 0-9-5.5v11Z"/></defs></svg>`

// classes are those of the style sheet.
var classes = map[Role]string{
	Grid: "g", Frame: "g2", Baseline: "basis", Guide: "guide", Span: "range", Value: "rep", Interval: "ci", Quartiles: "box",
	Joint: "series", Faint: "faint", Change: "change", Between: "between", Title: "label2", Name: "label end",
}

// Class is the class of a style for a row, a group or a key.
func (s Style) Class() string {
	class := "c" + strconv.Itoa(int(s.Color))
	if s.Hollow {
		class += " hollow"
	}
	return class
}

// Key is the sign of a style, for keys and filters.
func (s Style) Key() template.HTML {
	//nolint:gosec // it has numbers only
	return template.HTML(`<svg class="` + s.Class() + `" aria-hidden="true"><use href="#m` + strconv.Itoa(int(s.Shape)) +
		`" x="9" y="7"/></svg>`)
}

// inline writes marks as SVG elements that stretch with the page: places are in percent,
// and signs keep their size.
type inline struct {
	b           strings.Builder
	class       string // of the open group, "" for none
	note, link  string // of the open link
	colored     bool   // whether the colour comes from an element around the picture
	group, open bool
}

// elements are the SVG elements of the marks. If the row around the picture
// has a colour, its marks have none of their own.
func elements(marks []Mark, colored bool) string {
	w := &inline{colored: colored}
	for _, m := range marks {
		w.mark(m)
	}
	w.endLink()
	w.endGroup()
	return w.b.String()
}

func (w *inline) mark(m Mark) {
	if w.open && (m.Link != w.link || m.Note != w.note) {
		w.endLink()
	}
	if class := w.classOf(m); class != w.class {
		w.endLink()
		w.endGroup()
		if class != "" {
			w.write(`<g class="`, class, `">`)
			w.group = true
		}
		w.class = class
	}
	if m.Link != "" && !w.open {
		w.write(`<a href="`, template.HTMLEscapeString(m.Link), `">`)
		w.open, w.link, w.note = true, m.Link, m.Note
		w.title(m.Note)
	}
	w.element(m)
}

// inSeries are the roles whose colour is that of a series.
var inSeries = map[Role]bool{Span: true, Value: true, Interval: true, Quartiles: true, Joint: true, Faint: true, Point: true}

// classOf is the class of the group around a mark. Lines and texts of the frame have none.
func (w *inline) classOf(m Mark) string {
	if w.colored || !inSeries[m.Role] {
		return ""
	}
	return m.Style.Class()
}

func (w *inline) endLink() {
	if w.open {
		w.b.WriteString("</a>")
	}
	w.open, w.link, w.note = false, "", ""
}

func (w *inline) endGroup() {
	if w.group {
		w.b.WriteString("</g>")
	}
	w.group, w.class = false, ""
}

func (w *inline) title(text string) {
	if text != "" {
		w.write("<title>", plain(text), "</title>")
	}
}

func (w *inline) element(m Mark) {
	note := ""
	if m.Link == "" {
		note = m.Note
	}
	switch m.Kind {
	case Line:
		w.write(`<line class="`, classes[m.Role], `"`)
		w.place("x1", m.From.X, true)
		w.place("x2", m.To.X, true)
		w.place("y1", m.From.Y, true)
		w.place("y2", m.To.Y, true)
		w.end("line", note)
	case Path:
		w.path(m)
	case Sign:
		if m.Role == Value {
			w.b.WriteString(`<use href="#t"`)
		} else {
			w.write(`<use href="#m`, strconv.Itoa(int(m.Style.Shape)), `"`)
			if m.Role == Faint {
				w.write(` class="`, classes[Faint], `"`)
			}
		}
		w.place("x", m.From.X, true)
		w.place("y", m.From.Y, true)
		w.end("use", note)
	case Text:
		w.text(m)
	}
}

// path stretches its own coordinates, and keeps the width of its line.
func (w *inline) path(m Mark) {
	w.b.WriteString(`<svg viewBox="0 0 1000 1000" preserveAspectRatio="none" width="100%" height="100%">`)
	w.write(`<path class="`, classes[m.Role], `" fill="none" vector-effect="non-scaling-stroke" d="M`)
	for i, p := range m.Points {
		if i > 0 {
			w.b.WriteByte(' ')
		}
		w.write(decimal(p.X*1000, 1), " ", decimal(p.Y*1000, 1))
	}
	w.b.WriteString(`"/></svg>`)
}

func (w *inline) text(m Mark) {
	w.b.WriteString("<text")
	class := classes[m.Role]
	if m.Role == Name && !w.colored {
		class += " " + m.Style.Class()
	}
	if class != "" {
		w.write(` class="`, class, `"`)
	}
	w.place("x", m.From.X, false)
	w.place("y", m.From.Y, false)
	w.shift("dx", m.From.DX)
	w.shift("dy", m.From.DY)
	w.write(anchors[m.Anchor])
	w.write(">", plain(m.Text), "</text>")
}

// end closes an element, with a title if there is one.
func (w *inline) end(element, note string) {
	if note == "" {
		w.b.WriteString("/>")
		return
	}
	w.b.WriteByte('>')
	w.title(note)
	w.write("</", element, ">")
}

// place writes a fraction as percent. 0 is the default of SVG, except for none.
func (w *inline) place(name string, fraction float64, leave bool) {
	if leave && fraction == 0 {
		return
	}
	w.write(" ", name, `="`, percent(fraction), `"`)
}

func (w *inline) shift(name string, pixels float64) {
	if pixels != 0 {
		w.write(" ", name, `="`, decimal(pixels, 1), `"`)
	}
}

func (w *inline) write(parts ...string) {
	for _, part := range parts {
		w.b.WriteString(part)
	}
}

func percent(fraction float64) string { return decimal(fraction*100, 2) + "%" }

// decimal has at most so many decimals, and no zeros at its end.
func decimal(v float64, decimals int) string {
	text := strconv.FormatFloat(v, 'f', decimals, 64)
	if strings.Contains(text, ".") {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	if text == "-0" {
		return "0"
	}
	return text
}

// plain is a text for HTML and XML, which know no control characters.
func plain(text string) string { return template.HTMLEscapeString(Shortened(text, mostRunes)) }

// mostRunes is the longest text of a picture.
const mostRunes = 4000
