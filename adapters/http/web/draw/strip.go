package draw

import "html/template"

// StripItem is a sign on a strip.
type StripItem struct {
	Value      float64
	Style      Style
	Note, Link string
}

// Strip is the distribution of values on one line.
type Strip struct {
	Scale Scale
	Items []StripItem
}

// mostSigns is the number of signs that a strip and a plot show.
const mostSigns = 800

func (s Strip) marks() []Mark {
	marks := []Mark{horizontal(Frame, 0.5)}
	taken := map[int]bool{}
	for _, item := range s.Items {
		if !finite(item.Value) || s.Scale.Outside(item.Value) != 0 {
			continue
		}
		x := s.Scale.Within(item.Value)
		// On a long strip, signs at the same place of 4 pixels look like one.
		place := int(x * 200)
		if len(s.Items) > 100 && taken[place] {
			continue
		}
		taken[place] = true
		marks = append(marks, Mark{Kind: Sign, Role: Point, Style: item.Style, From: At{X: x, Y: 0.5}, Note: item.Note, Link: item.Link})
	}
	return marks
}

// HTML is the strip. The page says in words what it shows.
func (s Strip) HTML() template.HTML {
	hidden := ` aria-hidden="true"`
	for _, item := range s.Items {
		if item.Link != "" {
			hidden = ` role="group"`
			break
		}
	}
	//nolint:gosec // elements escapes all texts
	return template.HTML(`<svg class="strip"` + hidden + `>` + elements(s.marks(), false) + `</svg>`)
}
