package draw

import (
	"html/template"
	"time"
)

// Run is one value at a time.
type Run struct {
	At    time.Time
	Value float64
}

// Month is the median of the values of a month, which is known by its first day.
type Month struct {
	Start      time.Time
	Median     float64
	Note, Link string
}

// Course is one series of a trend.
type Course struct {
	Name   string
	Style  Style
	Runs   []Run
	Months []Month
}

// Turn is a time at which the processor, the image or the schema of the results changed, or
// at which their level did.
type Turn struct {
	At   time.Time
	Text string
}

// Trend shows values over time.
type Trend struct {
	Y       Axis
	Courses []Course
	Turns   []Turn
	Label   string
}

func (t Trend) marks() []Mark {
	var seconds, values []float64
	for _, course := range t.Courses {
		for _, run := range course.Runs {
			seconds, values = append(seconds, Seconds(run.At)), append(values, run.Value)
		}
		for _, month := range course.Months {
			seconds, values = append(seconds, Seconds(month.middle())), append(values, month.Median)
		}
	}
	x, y := NewDates(seconds), t.Y.scale(values).Reverse()
	marks := frameOf(Axis{Label: "Day of the run"}, t.Y, x, y)
	// Of lines within a hundredth of the width one is drawn.
	const places = 100
	taken := map[int]bool{}
	for _, turn := range t.Turns {
		at := x.At(Seconds(turn.At))
		if place := int(at * places); x.Outside(Seconds(turn.At)) == 0 && !taken[place] {
			taken[place] = true
			line := vertical(Change, at)
			line.Note = turn.Text
			marks = append(marks, line)
		}
	}
	months := 0
	for _, course := range t.Courses {
		months += len(course.Months)
	}
	every := 1 + (months-1)/mostSigns
	for _, course := range thinnedRuns(t.Courses, x, y, max(0, mostSigns-months/every)) {
		marks = append(marks, course.marks(x, y, every, months <= mostLinks)...)
	}
	return append(marks, t.names(x, y)...)
}

// middle is where a month stands on the axis.
func (m Month) middle() time.Time { return m.Start.AddDate(0, 0, 14) }

// marks are the line and the runs of a course, and a sign for every so many months, which may be a link.
func (c Course) marks(x, y Scale, every int, linked bool) []Mark {
	var marks []Mark
	for _, run := range c.Runs {
		marks = append(marks, Mark{
			Kind: Sign, Role: Faint, Style: Style{Color: c.Style.Color}, From: At{X: x.Within(Seconds(run.At)), Y: y.Within(run.Value)},
		})
	}
	var line []At
	flush := func() {
		if len(line) > 1 {
			marks = append(marks, Mark{Kind: Path, Role: Joint, Style: c.Style, Points: line})
		}
		line = nil
	}
	for i, month := range c.Months {
		// Months without results are a gap in the line.
		if i > 0 && !month.Start.Equal(c.Months[i-1].Start.AddDate(0, 1, 0)) {
			flush()
		}
		line = append(line, At{X: x.Within(Seconds(month.middle())), Y: y.Within(month.Median)})
	}
	flush()
	for i := 0; i < len(c.Months); i += every {
		month := c.Months[i]
		mark := Mark{Kind: Sign, Role: Point, Style: c.Style, From: At{X: x.Within(Seconds(month.middle())), Y: y.Within(month.Median)}}
		if linked {
			mark.Note, mark.Link = month.Note, month.Link
		}
		marks = append(marks, mark)
	}
	return marks
}

// thinnedRuns leaves out faint values that hide each other, so that at most so many are drawn.
func thinnedRuns(courses []Course, x, y Scale, most int) []Course {
	series := make([]Series, len(courses))
	for i, course := range courses {
		for _, run := range course.Runs {
			series[i].Spots = append(series[i].Spots, Spot{X: Seconds(run.At), Y: run.Value})
		}
	}
	out := make([]Course, len(courses))
	for i, one := range thinned(series, x, y, most) {
		out[i] = courses[i]
		out[i].Runs = nil
		for _, spot := range one.Spots {
			out[i].Runs = append(out[i].Runs, Run{At: time.UnixMilli(int64(spot.X * 1000)).UTC(), Value: spot.Y})
		}
	}
	return out
}

func (t Trend) names(x, y Scale) []Mark {
	if len(t.Courses) > mostNames || len(t.Courses) < 2 {
		return nil
	}
	var marks []Mark
	for _, course := range t.Courses {
		if len(course.Months) == 0 {
			continue
		}
		last := course.Months[len(course.Months)-1]
		marks = append(marks, Mark{
			Kind: Text, Role: Name, Style: course.Style, Text: Abbreviated(course.Name, nameRunes),
			From: At{X: x.Within(Seconds(last.middle())), Y: y.Within(last.Median), DX: 12, DY: 4},
		})
	}
	separate(marks)
	return marks
}

// HTML is the picture.
func (t Trend) HTML() template.HTML {
	return picture(t.Label, t.marks())
}
