package draw

import (
	"math"
	"strings"
)

// Width is that of all files, in pixels.
const Width = 860

// Sheet is a picture for a file. The places of its marks are offsets in pixels.
type Sheet struct {
	Width, Height float64
	Marks         []Mark
	// Title is read aloud, and is the title of a PDF.
	Title string
}

// Entry is a line of a legend.
type Entry struct {
	Name  string
	Style Style
}

// Legend says what a file shows beside its marks.
type Legend struct {
	Title   string
	Entries []Entry
	// Axis names the values of lanes, with unit, scale and direction.
	Axis string
	// Note and Figure are the heads of the columns of lanes, such as "cores" and "s".
	Note, Figure string
	// Foot is the caption with the citation.
	Foot string
}

const (
	leftEdge   = 8.0
	rightEdge  = Width - leftEdge
	titleSize  = 15
	textSize   = 11.5
	footSize   = 10
	footHeight = 13.0
	keyHeight  = 18.0
)

// frame is a part of a sheet, in pixels.
type frame struct{ x, y, width, height float64 }

// add places marks of a picture in a frame.
func (s *Sheet) add(f frame, marks []Mark) {
	for _, m := range marks {
		m.From, m.To = f.place(m.From), f.place(m.To)
		points := make([]At, len(m.Points))
		for i, p := range m.Points {
			points[i] = f.place(p)
		}
		m.Points = points
		m.Link = ""
		s.Marks = append(s.Marks, m)
	}
}

func (f frame) place(at At) At {
	return At{DX: f.x + at.X*f.width + at.DX, DY: f.y + at.Y*f.height + at.DY}
}

// text adds words; the role decides on their size.
func (s *Sheet) text(role Role, x, y float64, anchor Anchor, words string) {
	if words != "" {
		s.Marks = append(s.Marks, Mark{Kind: Text, Role: role, From: At{DX: x, DY: y}, Anchor: anchor, Text: words})
	}
}

// head adds title and legend, and returns where they end.
func (s *Sheet) head(l Legend) float64 {
	y := 18.0
	for _, line := range wrapped(l.Title, titleSize, rightEdge-leftEdge, 2) {
		s.text(heading, leftEdge, y, Start, line)
		y += 19
	}
	x := leftEdge
	for _, entry := range l.Entries {
		name := fitting(entry.Name, textSize, 300)
		width := 14 + measured(name, textSize) + 16
		if x > leftEdge && x+width > rightEdge {
			x, y = leftEdge, y+keyHeight
		}
		s.Marks = append(s.Marks, Mark{Kind: Sign, Role: Point, Style: entry.Style, From: At{DX: x + 5, DY: y}})
		s.text(words, x+14, y+4, Start, name)
		x += width
	}
	if len(l.Entries) > 0 {
		y += keyHeight
	}
	return y
}

// foot adds the caption below y, and ends the sheet.
func (s *Sheet) foot(l Legend, y float64) {
	for _, line := range wrapped(l.Foot, footSize, rightEdge-leftEdge, 6) {
		s.text(small, leftEdge, y, Start, line)
		y += footHeight
	}
	s.Height = math.Ceil(y)
}

// Roles of texts in files only.
const (
	heading = Name + 1 + iota
	words   // dark text of usual size
	quiet   // grey text of usual size
	small   // grey text of the foot
)

// wrapped breaks a text into lines of at most so many pixels. The last line has an ellipsis
// if there were more.
func wrapped(text string, size, width float64, most int) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(Shortened(text, 2000)) {
		longer := strings.TrimSpace(line + " " + word)
		if measured(longer, size) <= width {
			line = longer
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		line = word
		for measured(line, size) > width {
			part := fittingPrefix(line, size, width)
			lines = append(lines, part)
			line = line[len(part):]
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	if len(lines) > most {
		lines = lines[:most]
		lines[most-1] = fitting(lines[most-1]+" …", size, width)
	}
	return lines
}

// fitting is a text of at most so many pixels, with an ellipsis if it was longer.
func fitting(text string, size, width float64) string {
	text = Shortened(text, 400)
	if measured(text, size) <= width {
		return text
	}
	return fittingPrefix(text, size, width-measured("…", size)) + "…"
}

// fittingPrefix is the longest beginning of at most so many pixels, at least one character.
func fittingPrefix(text string, size, width float64) string {
	runes := []rune(text)
	low, high := 1, len(runes)
	for low < high {
		middle := (low + high + 1) / 2
		if measured(string(runes[:middle]), size) <= width {
			low = middle
		} else {
			high = middle - 1
		}
	}
	return string(runes[:low])
}
