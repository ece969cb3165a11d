package draw

import (
	"slices"
	"unicode"
)

// Nominal size of a plot in pixels: that of a file, and of a page on a wide screen.
const (
	plotWidth  = 640
	plotHeight = 464
)

const (
	// nameRunes is how long the name of a series beside its last point may be.
	nameRunes = 22
	// mostNames is the number of series up to which each has its name beside its points.
	mostNames  = 12
	lineHeight = 15.0
)

// names are those of the series, each beside its last point. A name that would hide another
// one is moved downwards or upwards.
func (l Laid) names() []Mark {
	if len(l.Series) > mostNames || len(l.Series) < 2 || l.X.Kind == Categories {
		return nil
	}
	var marks []Mark
	for _, series := range l.Series {
		if len(series.Spots) == 0 {
			continue
		}
		last := slices.MaxFunc(series.Spots, func(a, b Spot) int {
			switch {
			case a.X < b.X:
				return -1
			case a.X > b.X:
				return 1
			}
			return 0
		})
		marks = append(marks, Mark{
			Kind: Text, Role: Name, Style: series.Style, Text: Abbreviated(series.Name, nameRunes),
			From: At{X: l.XScale.Within(last.X), Y: l.YScale.Within(last.Y), DX: 12, DY: 4},
		})
	}
	separate(marks)
	return marks
}

// separate moves texts that overlap, from the top to the bottom, and back into the frame.
func separate(marks []Mark) {
	order := make([]*Mark, len(marks))
	for i := range marks {
		order[i] = &marks[i]
	}
	y := func(m *Mark) float64 { return m.From.Y*plotHeight + m.From.DY }
	slices.SortStableFunc(order, func(a, b *Mark) int {
		switch {
		case y(a) < y(b):
			return -1
		case y(a) > y(b):
			return 1
		}
		return 0
	})
	for i, m := range order {
		for again := true; again; {
			again = false
			for _, above := range order[:i] {
				if overlap(above, m) && y(m)-y(above) < lineHeight-1e-6 {
					m.From.DY += lineHeight - (y(m) - y(above))
					again = true
				}
			}
		}
	}
	limit := float64(plotHeight) + 4
	for i := len(order) - 1; i >= 0; i-- {
		m := order[i]
		if over := y(m) - limit; over > 0 {
			m.From.DY -= over
		}
		for _, below := range order[i+1:] {
			if gap := y(below) - y(m); overlap(below, m) && gap < lineHeight-1e-6 {
				m.From.DY -= lineHeight - gap
			}
		}
	}
}

// overlap tells whether two texts share a part of the width.
func overlap(a, b *Mark) bool {
	const glyph = 7.5
	left := func(m *Mark) float64 { return m.From.X*plotWidth + m.From.DX }
	right := func(m *Mark) float64 { return left(m) + glyph*float64(len([]rune(m.Text))) }
	return left(a) < right(b) && left(b) < right(a)
}

// Shortened is a text of at most so many characters, with an ellipsis if it was longer. It
// has no characters that a picture cannot show in a line.
func Shortened(text string, most int) string {
	runes := make([]rune, 0, len(text))
	for _, r := range text {
		switch {
		case r == '\n' || r == '\r' || r == '\t':
			r = ' '
		case unicode.IsControl(r):
			continue
		}
		runes = append(runes, r)
	}
	if len(runes) <= most {
		return string(runes)
	}
	return string(runes[:max(0, most-1)]) + "…"
}

// Abbreviated is a text of at most so many characters, with an ellipsis in its middle if it was
// longer: names of one site often differ at their end only.
func Abbreviated(text string, most int) string {
	runes := []rune(Shortened(text, len(text)))
	if len(runes) <= most {
		return string(runes)
	}
	const behind = 0.6
	tail := int(behind * float64(most))
	return string(runes[:max(0, most-tail-1)]) + "…" + string(runes[len(runes)-tail:])
}

// thinned leaves out points that hide each other, so that at most so many are drawn: of each
// series it keeps the first point in every square of 4 pixels, or of more if that is not
// enough.
func thinned(series []Series, xs, ys Scale, most int) []Series {
	total := 0
	out := make([]Series, len(series))
	for i, one := range series {
		out[i] = one
		out[i].Spots = slices.DeleteFunc(slices.Clone(one.Spots), func(s Spot) bool { return !finite(xs.At(s.X)) || !finite(ys.At(s.Y)) })
		total += len(out[i].Spots)
	}
	for pixels := 4.0; total > most && pixels <= 4*plotWidth; pixels *= 1.25 {
		total = 0
		taken := map[[3]int]bool{}
		for i := range out {
			group := i
			if len(out) > mostNames {
				group = 0
			}
			out[i].Spots = slices.DeleteFunc(out[i].Spots, func(s Spot) bool {
				square := [3]int{group, int(xs.Within(s.X) * plotWidth / pixels), int(ys.Within(s.Y) * plotHeight / pixels)}
				if taken[square] {
					return true
				}
				taken[square] = true
				return false
			})
			total += len(out[i].Spots)
		}
	}
	return out
}
