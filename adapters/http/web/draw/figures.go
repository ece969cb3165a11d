package draw

import "slices"

const (
	laneHeight = 19.0
	laneMargin = 10.0
)

// Sheet is the ranking or the spread as a file: names, lanes and figures, best on top.
func (l Lanes) Sheet(legend Legend) Sheet {
	s := Sheet{Width: Width, Title: legend.Title}
	top := s.head(legend) + 12
	nameWidth, noteWidth, figureWidth := l.widths(legend)
	left := leftEdge + nameWidth + noteWidth + 14
	f := frame{x: left, y: top, width: rightEdge - figureWidth - 14 - left, height: laneHeight * float64(len(l.Rows))}
	s.text(quiet, left-14, top-6, End, legend.Note)
	s.text(quiet, rightEdge, top-6, End, legend.Figure)
	s.add(f, l.grid())
	for i, row := range l.Rows {
		y := top + laneHeight*float64(i)
		base := y + laneHeight/2 + 4
		s.text(words, leftEdge+nameWidth, base, End, fitting(row.Name, textSize, nameWidth))
		s.text(quiet, left-14, base, End, row.Note)
		s.add(frame{f.x, y, f.width, laneHeight}, l.lane(row))
		s.text(words, rightEdge, base, End, row.Figure)
	}
	s.add(f, []Mark{horizontal(Frame, 1)})
	for _, tick := range l.Scale.Ticks {
		s.add(f, []Mark{{Kind: Text, Role: Number, From: At{X: tick.At, Y: 1, DY: 17}, Anchor: Middle, Text: tick.Label}})
	}
	s.text(Title, f.x+f.width/2, top+f.height+36, Middle, fitting(legend.Axis, textSize, f.width))
	s.foot(legend, top+f.height+60)
	return s
}

// widths are those of the columns of texts.
func (l Lanes) widths(legend Legend) (name, note, figure float64) {
	note, figure = measured(legend.Note, textSize), measured(legend.Figure, textSize)
	for _, row := range l.Rows {
		name = max(name, measured(Shortened(row.Name, 100), textSize))
		note = max(note, measured(row.Note, textSize))
		figure = max(figure, measured(row.Figure, textSize))
	}
	if note > 0 {
		note += laneMargin
	}
	return min(name, 300), min(note, 120), min(figure, 120)
}

// plotSheet places a plot on a sheet.
func plotSheet(legend Legend, marks []Mark) Sheet {
	s := Sheet{Width: Width, Title: legend.Title}
	top := s.head(legend) + 22
	f := frame{x: 70, y: top, width: Width - 70 - 170, height: plotHeight}
	s.add(f, slices.DeleteFunc(marks, func(m Mark) bool { return m.Kind == Text && m.Text == "" }))
	s.foot(legend, top+f.height+66)
	return s
}

// Sheet is the plot as a file.
func (l Laid) Sheet(legend Legend) Sheet { return plotSheet(legend, l.marks()) }

// Sheet is the picture as a file.
func (t Trend) Sheet(legend Legend) Sheet {
	return plotSheet(legend, t.marks())
}
