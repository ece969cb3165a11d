package web

import (
	"cmp"
	"slices"
	"time"

	"github.com/eosc-perf/backend/adapters/http/web/draw"
	"github.com/eosc-perf/backend/adapters/http/web/files"
	"github.com/eosc-perf/backend/adapters/http/web/words"
	"github.com/eosc-perf/backend/core/comparison"
	"github.com/eosc-perf/backend/core/service"
)

// mostCourses is the number of groups that a trend draws: those with the most results.
const mostCourses = 12

// trend shows how groups changed with time.
func (c *compared) trend() (Answer, error) {
	answer, err := answered(c, func() (*comparison.Trend, error) {
		return c.site.config.Services.Comparisons.Follow(c.r.Context(), c.r.Caller(), service.TrendQuestion{
			MetricQuestion: c.question(), TrendQuestion: comparison.TrendQuestion{Interval: comparison.Monthly},
		})
	})
	if err != nil {
		return nil, err
	}
	title := words.TrendTitle(c.benchmarkTitle(), c.name(), c.kind())
	drawn, key := c.drawnTrend(answer)
	caption := c.trendCaption(answer)
	if c.r.Format != "" {
		return c.downloaded(download{
			Words: []string{c.benchmarkTitle(), "over time by " + c.kind(), answer.Set},
			Table: func() (files.Table, error) { return c.trendTable(title, caption, answer), nil },
			Sheet: func() (draw.Sheet, error) {
				legend := draw.Legend{Title: title, Foot: caption}
				for _, course := range drawn.Courses {
					legend.Entries = append(legend.Entries, draw.Entry{Name: course.Name, Style: course.Style})
				}
				return drawn.Sheet(legend), nil
			},
			Citation: func() (files.Citation, error) { return c.citationFile(title, answer.Basis), nil },
		})
	}
	view := pictureView{
		Heading: title, Cited: c.cited(answer.Basis), Ignored: c.Ignored, Tabs: c.tabs(), Key: key, Caption: caption,
		Take: c.take(title, answer.Basis), Figures: c.trendFigures(answer), Answer: c.trendAnswer(answer),
	}
	if len(drawn.Courses) < answer.GroupsTotal {
		view.Notes = []string{words.TrendNote(len(drawn.Courses), answer.GroupsTotal, c.kind())}
	}
	selects, err := c.questionSelects()
	if err != nil {
		return nil, err
	}
	if view.Rail, err = c.rail(selects); err != nil {
		return nil, err
	}
	if len(answer.Groups) == 0 {
		view.Fewer, err = c.fewer()
	} else {
		view.Picture = drawn.HTML()
	}
	return Page{
		Template: "compare-picture", Title: title, Section: "compare", Results: true, Model: view, Alternates: c.alternates(),
	}, err
}

// drawnTrend is the picture of the groups with the most results, and its key.
func (c *compared) drawnTrend(answer *comparison.Trend) (draw.Trend, []keyView) {
	groups := slices.Clone(answer.Groups)
	slices.SortStableFunc(groups, func(a, b comparison.Course) int { return cmp.Compare(b.N, a.N) })
	groups = groups[:min(mostCourses, len(groups))]
	slices.SortStableFunc(groups, func(a, b comparison.Course) int { return cmp.Compare(nameOf(a.Group), nameOf(b.Group)) })
	trend := draw.Trend{
		Y: draw.Axis{
			Label: words.Upper(c.name()) + unitBehind(c.unit()), Better: words.Better(c.metric.Better),
			Kind: draw.Numbers, Measure: draw.Measure(c.r.Query.YScale),
		},
		Label: words.TrendLabel(c.name(), len(groups), c.kind()),
	}
	var keys []keyView
	for i, group := range groups {
		style := draw.StyleOf(i)
		if len(c.by) == 1 && c.by[0] == comparison.BySite {
			style = c.palette.of(group.SiteIDs)
		}
		course := draw.Course{Name: shortNameOf(group.Group), Style: style}
		for _, run := range group.Runs {
			course.Runs = append(course.Runs, draw.Run{At: run.At, Value: run.Value})
		}
		_, results := c.target(group.Group)
		for _, part := range group.Parts {
			course.Months = append(course.Months, draw.Month{
				Start: part.Start, Median: part.Median, Note: words.Month(course.Name, part.Start, part.Median, c.unit(), part.N),
				Link: string(results),
			})
		}
		trend.Courses = append(trend.Courses, course)
		trend.Turns = append(trend.Turns, turnsOf(group)...)
		keys = append(keys, keyView{
			Name: course.Name, Sign: style.Key(), Link: c.r.Here(c.narrowedHere(group.Group)), Title: "Only this",
		})
	}
	return trend, keys
}

// turnsOf are the lines of a group: another machine, another image, another level.
func turnsOf(group comparison.Course) []draw.Turn {
	var turns []draw.Turn
	name := shortNameOf(group.Group)
	for _, turn := range group.Turns {
		turns = append(turns, draw.Turn{At: turn.At, Text: words.Turn(name, turn.At, words.Machine(turn.Machine), turn.Image)})
	}
	for _, change := range group.Changes {
		turns = append(turns, draw.Turn{At: change.At, Text: name + ": " + change.Sentence})
	}
	return turns
}

func (c *compared) trendAnswer(answer *comparison.Trend) words.Sentence {
	var changes []words.Changed
	for _, group := range answer.Groups {
		for _, change := range group.Changes {
			changes = append(changes, words.Changed{Name: shortNameOf(group.Group), Sentence: change.Sentence})
		}
	}
	return words.TrendAnswer(answer.Results, answer.GroupsTotal, c.kind(), changes)
}

// trendFigures is the table behind the picture: a row for each group.
func (c *compared) trendFigures(answer *comparison.Trend) figuresTable {
	unit := unitBehind(c.unit())
	t := figuresTable{Caption: "Figures", Heads: []head{
		{words.Upper(c.kind()), false}, {"First month", false}, {"Median" + unit, true}, {"Last month", false}, {"Median" + unit, true},
		{"Months", true}, {"Results", true}, {"Lasting changes", false},
	}}
	for _, group := range answer.Groups[:min(shownRows, len(answer.Groups))] {
		first, last := group.Parts[0], group.Parts[len(group.Parts)-1]
		link, results := c.target(group.Group)
		changes := "none found"
		const fewest = 13
		if group.N < fewest {
			changes = "too few results"
		}
		for i, change := range group.Changes {
			if i == 0 {
				changes = ""
			}
			changes += change.Sentence + " "
		}
		t.Rows = append(t.Rows, []cell{
			{Text: shortNameOf(group.Group), Link: link}, {Text: month(first.Start)}, {Text: words.Value(first.Median), IsNumber: true},
			{Text: month(last.Start)}, {Text: words.Value(last.Median), IsNumber: true}, {Text: words.Number(len(group.Parts)), IsNumber: true},
			{Text: words.Number(group.N), Link: results, IsNumber: true}, {Text: changes},
		})
	}
	if len(t.Rows) < answer.GroupsTotal {
		t.Rest = words.Rest(len(t.Rows), answer.GroupsTotal)
	}
	return t
}

func month(t time.Time) string { return t.Format("2006-01") }

func (c *compared) trendCaption(answer *comparison.Trend) string {
	caption := draw.Caption{
		Subject: words.Subject(words.Upper(c.name()), c.benchmarkNames(), answer.GroupsTotal, c.kind(), 0, answer.Results) + ", over time",
		Better:  words.Better(c.metric.Better), Signs: "Mark: median of a month; faint: single results; line: another machine, image or level",
		Set: answer.Set, Address: c.r.Public(c.r.Query.On("compare")),
	}
	if answer.AsOf != nil {
		caption.Day = *answer.AsOf
	}
	return caption.String()
}

func (c *compared) trendTable(title, caption string, answer *comparison.Trend) files.Table {
	table := files.Table{Title: title, Notes: []string{caption}, Columns: []files.Column{
		{Name: c.kind()}, {Name: "month"}, {Name: "n"}, {Name: "median", Unit: c.unit()},
	}}
	for _, group := range answer.Groups {
		for _, part := range group.Parts {
			table.Rows = append(table.Rows, []any{nameOf(group.Group), month(part.Start), part.N, part.Median})
		}
		for _, change := range group.Changes {
			table.Notes = append(table.Notes, nameOf(group.Group)+": "+change.Sentence)
		}
	}
	return table
}
