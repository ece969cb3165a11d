package draw

import (
	"bytes"
	"fmt"
	"image/color"
	"slices"
	"time"

	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"codeberg.org/go-pdf/fpdf"
)

// points are those of a PDF in one pixel of a sheet.
const points = 0.75

// PDF is the sheet as a document of one page. The same sheet and time give the same bytes.
func (s Sheet) PDF(made time.Time) ([]byte, error) {
	p := fpdf.NewCustom(&fpdf.InitType{
		OrientationStr: "P", UnitStr: "pt", Size: fpdf.SizeType{Wd: s.Width * points, Ht: s.Height * points},
	})
	p.SetCatalogSort(true)
	p.SetCreationDate(made.UTC())
	p.SetModificationDate(made.UTC())
	p.SetTitle(visible(s.Title), true)
	p.SetLang("en")
	p.SetProducer("EOSC Perf", true)
	p.SetMargins(0, 0, 0)
	p.SetAutoPageBreak(false, 0)
	// The writer of the font changes what it reads.
	p.AddUTF8FontFromBytes(fontName, "", slices.Clone(liberationsansregular.TTF))
	p.AddPage()
	page := paper{p}
	for _, m := range s.Marks {
		page.mark(m)
	}
	var b bytes.Buffer
	if err := p.Output(&b); err != nil {
		return nil, fmt.Errorf("write a figure: %w", err)
	}
	return b.Bytes(), nil
}

const fontName = "Liberation Sans"

// paper draws on a page of a PDF.
type paper struct{ pdf *fpdf.Fpdf }

func (p paper) mark(m Mark) {
	switch {
	case m.Kind == Text:
		l := lettersOf(m)
		p.pdf.SetFont(fontName, "", l.size*points)
		p.pdf.SetTextColor(int(l.ink.R), int(l.ink.G), int(l.ink.B))
		text := visible(m.Text)
		p.pdf.Text(leftOf(m, text, l.size)*points, m.From.DY*points, text)
	case m.Kind == Sign && m.Role != Value:
		shape := signOf(m)
		p.pdf.SetFillColor(int(shape.fill.R), int(shape.fill.G), int(shape.fill.B))
		p.stroke(shape.border, shape.width, nil)
		corners := make([]fpdf.PointType, len(shape.outline))
		for i, c := range shape.outline {
			corners[i] = fpdf.PointType{X: (m.From.DX + c[0]) * points, Y: (m.From.DY + c[1]) * points}
		}
		p.pdf.Polygon(corners, "FD")
	default:
		if m.Kind == Sign {
			m = tick(m)
		}
		st := strokeOf(m)
		p.stroke(st.ink, st.width, st.dashes)
		for i, at := range m.corners() {
			if i == 0 {
				p.pdf.MoveTo(at.DX*points, at.DY*points)
			} else {
				p.pdf.LineTo(at.DX*points, at.DY*points)
			}
		}
		p.pdf.DrawPath("D")
	}
}

func (p paper) stroke(ink color.NRGBA, width float64, dashes []float64) {
	p.pdf.SetDrawColor(int(ink.R), int(ink.G), int(ink.B))
	p.pdf.SetLineWidth(width * points)
	scaled := make([]float64, len(dashes))
	for i, d := range dashes {
		scaled[i] = d * points
	}
	p.pdf.SetDashPattern(scaled, 0)
}
