package draw

// Kind is what a mark is.
type Kind uint8

// Kinds of marks.
const (
	Line Kind = iota // from From to To
	Path             // through all Points
	Sign             // the shape of a Style at From
	Text             // words at From
)

// Role is what a mark says. It decides on colour and width.
type Role uint8

// Roles of marks.
const (
	Grid      Role = iota // line at a tick
	Frame                 // line of an axis
	Baseline              // dashed line that all others are compared with
	Guide                 // dotted line of perfect scaling
	Span                  // from the smallest to the largest value
	Value                 // one value, as a short vertical line
	Interval              // thick bar of a confidence interval
	Quartiles             // thicker bar from the first to the third quartile
	Joint                 // line between the values of a series
	Faint                 // single value behind a median
	Change                // line where a machine, an image or a schema changed
	Point                 // sign of a median or of a result
	Number                // text at a tick
	Between               // text at a tick that a narrow picture leaves out
	Title                 // text that names an axis
	Name                  // text that names a series
)

// Shape is one of the six shapes of signs, or an arrow to what lies outside of the frame.
type Shape uint8

// Shapes of signs.
const (
	Small Shape = iota // of series after the twelfth
	Circle
	Square
	Triangle
	Diamond
	Wedge // a triangle that points down
	Cross
	Leftwards
	Rightwards
)

// Style tells series apart: by colour, shape, and filled or hollow.
type Style struct {
	Color  uint8 // 1 to 6; 0 is grey
	Shape  Shape
	Hollow bool
}

const colors = 6

// StyleOf is the style of a series by its place among the names of all series, also of
// those that a filter leaves out: so filters never change a colour. Six series are filled,
// six are hollow, the rest is grey.
func StyleOf(place int) Style {
	if place < 0 || place >= 2*colors {
		return Style{}
	}
	n := place%colors + 1
	return Style{Color: uint8(n), Shape: Shape(n), Hollow: place >= colors}
}

// At is a place: a fraction of the frame, 0 to 1 from left to right and from top to bottom,
// and an offset in pixels.
type At struct{ X, Y, DX, DY float64 }

// Anchor is the part of a text that lies at its place.
type Anchor uint8

// Anchors of texts.
const (
	Start Anchor = iota
	Middle
	End
)

// Mark is a part of a picture.
type Mark struct {
	Kind     Kind
	Role     Role
	Style    Style
	From, To At
	Points   []At // of a Path
	Text     string
	Anchor   Anchor
	// Note is shown where a pointer rests, and read aloud for a link. Marks that follow each
	// other with the same Note and Link are one link.
	Note, Link string
}

// vertical is a line from the top to the bottom of the frame.
func vertical(role Role, x float64) Mark {
	return Mark{Kind: Line, Role: role, From: At{X: x}, To: At{X: x, Y: 1}}
}

// horizontal is a line from the left to the right side of the frame.
func horizontal(role Role, y float64) Mark {
	return Mark{Kind: Line, Role: role, From: At{Y: y}, To: At{X: 1, Y: y}}
}
