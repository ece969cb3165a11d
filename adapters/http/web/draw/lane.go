package draw

import (
	"html/template"
	"slices"
	"strings"
)

const (
	// mostTicksTogether is the number of ticks that all lanes of a table have.
	mostTicksTogether = 400
	// mostTicksOfLane is the number of values up to which a lane shows each of them.
	mostTicksOfLane = 30
	// IntervalFrom is the number of values from which on a median has a 95 % interval.
	IntervalFrom = 6
	// BoxFrom is the number of values from which on a spread has a box.
	BoxFrom = 20
)

// Row is a row of a ranking or of a spread. Its Values are all results; if the row has one
// result, they are its repeats.
type Row struct {
	Style  Style
	N      int // number of results
	Median float64
	// Low and High are the smallest and the largest value.
	Low, High float64
	Values    []float64
	Interval  []float64 // 95 % interval of the median: low, high; nil if there is none
	Quartiles []float64 // first and third; nil if they are unknown
	// Name, Note and Figure are the texts of the row in a file: its name, what stands beside
	// the name (such as the number of cores), and its value.
	Name, Note, Figure string
}

// Lanes are the pictures in the rows of a table, on one axis.
type Lanes struct {
	Scale Scale
	// Baseline is a value, NaN for none.
	Baseline float64
	Rows     []Row
	// Spread shows every value, and a box of quartiles.
	Spread bool

	// apart is the smallest distance of two ticks; 0 for one at which they look like two.
	apart float64
}

// Thinned are the lanes with 400 ticks at most, all of them together: lanes with many ticks lose those that are
// nearest to others.
func (l Lanes) Thinned() Lanes {
	for l.apart = apart; l.apart < 1; l.apart *= 1.25 {
		ticks := 0
		for _, row := range l.Rows {
			if l.hasTicks(row) {
				ticks += len(l.Scale.distinct(row.Values, l.apart))
			}
		}
		if ticks <= mostTicksTogether {
			break
		}
	}
	return l
}

func (l Lanes) hasTicks(r Row) bool { return l.Spread || len(r.Values) <= mostTicksOfLane }

// ValuesOf are the values that the scale of rows must show.
func ValuesOf(rows []Row) []float64 {
	values := make([]float64, 0, 3*len(rows))
	for _, r := range rows {
		values = append(values, r.Median, r.Low, r.High)
	}
	return values
}

// grid are the lines behind every lane.
func (l Lanes) grid() []Mark {
	marks := make([]Mark, 0, len(l.Scale.Ticks)+1)
	for _, tick := range l.Scale.Ticks {
		marks = append(marks, vertical(Grid, tick.At))
	}
	if finite(l.Baseline) && l.Scale.Outside(l.Baseline) == 0 {
		marks = append(marks, vertical(Baseline, l.Scale.At(l.Baseline)))
	}
	return marks
}

// lane are the marks of a row.
func (l Lanes) lane(r Row) []Mark {
	const middle = 0.5
	s := l.Scale
	line := func(role Role, from, to float64) []Mark {
		if s.Outside(from) == s.Outside(to) && s.Outside(from) != 0 {
			return nil
		}
		a, b := s.Within(from), s.Within(to)
		return []Mark{{Kind: Line, Role: role, Style: r.Style, From: At{X: min(a, b), Y: middle}, To: At{X: max(a, b), Y: middle}}}
	}
	var marks []Mark
	if l.Spread && r.N >= BoxFrom && len(r.Quartiles) == 2 {
		marks = append(marks, line(Quartiles, r.Quartiles[0], r.Quartiles[1])...)
	}
	if !l.Spread && r.N >= IntervalFrom && len(r.Interval) == 2 {
		marks = append(marks, line(Interval, r.Interval[0], r.Interval[1])...)
	}
	if r.Low < r.High {
		marks = append(marks, line(Span, r.Low, r.High)...)
	}
	if l.hasTicks(r) {
		for _, x := range s.distinct(r.Values, l.apart) {
			marks = append(marks, Mark{Kind: Sign, Role: Value, Style: r.Style, From: At{X: x, Y: middle}})
		}
	}
	sign := Mark{Kind: Sign, Role: Point, Style: r.Style, From: At{X: s.Within(r.Median), Y: middle}}
	switch s.Outside(r.Median) {
	case -1:
		sign.Style = Style{Color: r.Style.Color, Shape: Leftwards}
	case 1:
		sign.Style = Style{Color: r.Style.Color, Shape: Rightwards}
	}
	return append(marks, sign)
}

// apart is the smallest distance of two ticks, as a share of a lane of 400 pixels: ticks
// that are nearer look like one.
const apart = 0.002

// distinct are the places of the values in the frame, sorted, without those that look the
// same, or are nearer than least, if that is more.
func (s Scale) distinct(values []float64, least float64) []float64 {
	places := make([]float64, 0, len(values))
	for _, v := range values {
		if finite(v) && s.Outside(v) == 0 {
			places = append(places, s.Within(v))
		}
	}
	slices.Sort(places)
	kept := places[:0]
	for _, x := range places {
		isFew := len(values) <= mostTicksOfLane && least <= apart
		if isFew || len(kept) == 0 || x-kept[len(kept)-1] >= max(least, apart) {
			kept = append(kept, x)
		}
	}
	return kept
}

// Lane is the picture of row i, without the grid: the row says the same in words.
func (l Lanes) Lane(i int) template.HTML {
	marks := l.lane(l.Rows[i])
	n := slices.IndexFunc(marks, func(m Mark) bool { return m.Role == Point })
	//nolint:gosec // elements escapes all texts
	return template.HTML(`<svg class="lane" aria-hidden="true"><use href="#grid"/>` + along(marks[:n]) + elements(marks[n:], true) + `</svg>`)
}

// along are lines and ticks of a lane in a picture that stretches with it, and begins at half of its height: a path is a third
// as long as elements with places in percent. The line from the smallest to the largest value and the ticks are one path.
func along(marks []Mark) string {
	if len(marks) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString(`<svg y="50%" height="12" viewBox="0 0 1000 12" preserveAspectRatio="none">`)
	class := ""
	for _, m := range marks {
		if m.Role != Value && classes[m.Role] != class || class == "" {
			if class != "" {
				b.WriteString(`"/>`)
			}
			class = classes[m.Role]
			b.WriteString(`<path class="` + class + `" d="`)
		}
		if m.Kind == Line {
			b.WriteString("M" + decimal(m.From.X*1000, 1) + " 0h" + decimal((m.To.X-m.From.X)*1000, 1))
		} else {
			b.WriteString("M" + decimal(m.From.X*1000, 0) + "-6v12")
		}
	}
	return b.String() + `"/></svg>`
}

// Grid defines the grid that all lanes of a page refer to. It comes before the table.
func (l Lanes) Grid() template.HTML {
	return template.HTML(`<svg width="0" height="0" aria-hidden="true" class="defs"><defs><g id="grid">` + //nolint:gosec // numbers only
		elements(l.grid(), true) + `</g></defs></svg>`)
}

// Axis is the picture in the head of the column.
func (l Lanes) Axis() template.HTML {
	var marks []Mark
	for _, tick := range l.Scale.Ticks {
		marks = append(marks,
			Mark{Kind: Line, Role: Frame, From: At{X: tick.At, Y: 0.75}, To: At{X: tick.At, Y: 1}},
			Mark{Kind: Text, Role: roleOf(tick), From: At{X: tick.At, Y: 0.65}, Anchor: Middle, Text: tick.Label})
	}
	return template.HTML(`<div class="fit"><svg class="lane axis" aria-hidden="true">` + //nolint:gosec // elements escapes all texts
		elements(marks, true) + `</svg></div>`)
}

func roleOf(tick Tick) Role {
	if tick.Between {
		return Between
	}
	return Number
}
