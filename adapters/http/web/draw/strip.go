package draw

import (
	"html/template"
	"slices"
)

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
	// Most is how many signs it has at most; 0 for 200.
	Most int
}

// mostSigns is the number of signs that a strip and a plot show.
const mostSigns = 800

// marks are the line, and the signs on it: their frame begins at half of the height.
func (s Strip) marks() []Mark {
	marks := []Mark{horizontal(Frame, 0.5)}
	for _, item := range s.shown() {
		at := At{X: s.Scale.Within(item.Value)}
		marks = append(marks, Mark{Kind: Sign, Role: Point, Style: item.Style, From: at, Note: item.Note, Link: item.Link})
	}
	return marks
}

const (
	// fewSigns are all shown, places is at how many a strip may have a sign: on a long one, signs within 4 pixels
	// look like one.
	fewSigns, places = 100, 200
)

// shown are the items that have a sign.
func (s Strip) shown() []StripItem {
	items := slices.DeleteFunc(slices.Clone(s.Items), func(item StripItem) bool {
		return !finite(item.Value) || s.Scale.Outside(item.Value) != 0
	})
	most := s.Most
	if most == 0 {
		if most = places; len(items) <= fewSigns {
			return items
		}
	}
	for wide := float64(places); ; wide *= 0.8 {
		if len(items) <= most && (s.Most > 0 || wide < places) {
			return items
		}
		taken := map[int]bool{}
		items = slices.DeleteFunc(items, func(item StripItem) bool {
			place := int(s.Scale.Within(item.Value) * wide)
			isTaken := taken[place]
			taken[place] = true
			return isTaken
		})
	}
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
	return template.HTML(`<svg class="strip"` + hidden + `>` + elements(s.marks()[:1], false) + `<svg y="50%">` +
		elements(s.marks()[1:], false) + `</svg></svg>`)
}
