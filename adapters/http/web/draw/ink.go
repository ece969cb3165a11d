package draw

import (
	"image/color"
	"math"
	"strconv"
)

// Colours of files: those of the light theme.
var (
	darkInk  = color.NRGBA{0x1d, 0x24, 0x33, 0xff}
	quietInk = color.NRGBA{0x51, 0x5b, 0x70, 0xff}
	gridInk  = color.NRGBA{0xdd, 0xe3, 0xec, 0xff}
	white    = color.NRGBA{0xff, 0xff, 0xff, 0xff}

	seriesInks = [colors + 1]color.NRGBA{
		{0x7b, 0x85, 0x98, 0xff}, {0x0b, 0x74, 0xde, 0xff}, {0xb0, 0x36, 0x00, 0xff}, {0x00, 0x5c, 0x42, 0xff},
		{0xa8, 0x40, 0xa0, 0xff}, {0x95, 0x74, 0x10, 0xff}, {0x2a, 0x36, 0x47, 0xff},
	}
)

func hex(c color.NRGBA) string {
	const digits = "0123456789abcdef"
	b := []byte{'#'}
	for _, v := range []uint8{c.R, c.G, c.B} {
		b = append(b, digits[v>>4], digits[v&15])
	}
	return string(b)
}

func (s Style) ink() color.NRGBA {
	if int(s.Color) >= len(seriesInks) {
		return seriesInks[0]
	}
	return seriesInks[s.Color]
}

// stroke is how a line is drawn in a file.
type stroke struct {
	ink    color.NRGBA
	width  float64
	dashes []float64 // lengths of dash and gap, nil for none
}

// strokes are those of the lines of the frame, which have no series.
var strokes = map[Role]stroke{
	Grid: {ink: gridInk, width: 1}, Frame: {ink: quietInk, width: 1}, Baseline: {ink: quietInk, width: 1, dashes: []float64{4, 3}},
	Guide: {ink: quietInk, width: 1, dashes: []float64{2, 4}}, Change: {ink: quietInk, width: 1.5, dashes: []float64{6, 3}},
}

// shades are the strokes of lines of series: their width, and how light they are. Light
// colours stand for transparent ones, which look alike in all files.
var shades = map[Role]struct{ light, width float64 }{
	Value: {0.25, 1.25}, Interval: {0.62, 7}, Quartiles: {0.72, 13}, Joint: {0, 1.75}, Span: {0, 1.5},
}

// strokeOf is the stroke of a line.
func strokeOf(m Mark) stroke {
	if own, ok := strokes[m.Role]; ok {
		return own
	}
	shade := shades[m.Role]
	return stroke{ink: lighter(m.Style.ink(), shade.light), width: shade.width}
}

// lighter mixes a colour with white.
func lighter(c color.NRGBA, share float64) color.NRGBA {
	mix := func(v uint8) uint8 { return uint8(math.Round(float64(v) + (255-float64(v))*share)) }
	return color.NRGBA{mix(c.R), mix(c.G), mix(c.B), 0xff}
}

// letters is how a text is drawn in a file.
type letters struct {
	ink  color.NRGBA
	size float64
}

// lettering is that of texts that are not grey and of usual size.
var lettering = map[Role]letters{
	heading: {darkInk, titleSize}, words: {darkInk, textSize}, Title: {darkInk, textSize}, small: {quietInk, footSize},
}

func lettersOf(m Mark) letters {
	if m.Role == Name {
		return letters{m.Style.ink(), textSize}
	}
	if own, ok := lettering[m.Role]; ok {
		return own
	}
	return letters{quietInk, textSize}
}

// sign is how a shape is drawn in a file.
type sign struct {
	outline      [][2]float64 // corners around the place of the mark
	fill, border color.NRGBA
	width        float64 // of the border
}

// outlines are the corners of the shapes.
var outlines = map[Shape][][2]float64{
	Small: circle(3), Circle: circle(4.7), Square: {{-4.2, -4.2}, {4.2, -4.2}, {4.2, 4.2}, {-4.2, 4.2}},
	Triangle: {{0, -5.6}, {5.2, 4.2}, {-5.2, 4.2}}, Diamond: {{0, -5.8}, {5.8, 0}, {0, 5.8}, {-5.8, 0}},
	Wedge: {{0, 5.6}, {5.2, -4.2}, {-5.2, -4.2}},
	Cross: {
		{-1.6, -4.8}, {1.6, -4.8}, {1.6, -1.6}, {4.8, -1.6}, {4.8, 1.6}, {1.6, 1.6}, {1.6, 4.8}, {-1.6, 4.8}, {-1.6, 1.6}, {-4.8, 1.6},
		{-4.8, -1.6}, {-1.6, -1.6},
	},
	Leftwards: {{0, 0}, {8, -5}, {8, 5}}, Rightwards: {{0, 0}, {-8, -5}, {-8, 5}},
}

// circle is a polygon that looks like a circle.
func circle(radius float64) [][2]float64 {
	const corners = 24
	points := make([][2]float64, corners)
	for i := range points {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / corners)
		points[i] = [2]float64{radius * cos, radius * sin}
	}
	return points
}

func signOf(m Mark) sign {
	s := sign{outline: outlines[m.Style.Shape], fill: m.Style.ink(), border: white, width: 1}
	if m.Style.Hollow {
		s.fill, s.border, s.width = white, m.Style.ink(), 1.75
	}
	if m.Role == Faint {
		s.outline, s.fill = circle(2), lighter(m.Style.ink(), 0.55)
	}
	return s
}

// tick is the vertical line of a value.
func tick(m Mark) Mark {
	const half = 4
	return Mark{
		Kind: Line, Role: Value, Style: m.Style, From: At{DX: m.From.DX, DY: m.From.DY - half}, To: At{DX: m.From.DX, DY: m.From.DY + half},
	}
}

func pixels(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }
