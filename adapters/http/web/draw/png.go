package draw

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"

	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"
)

// Density is the number of dots in a PNG for each pixel of a sheet, so that the picture is
// sharp on dense screens and in print.
const Density = 2

// PNG is the sheet as an image.
func (s Sheet) PNG() ([]byte, error) {
	c := &canvas{faces: map[float64]font.Face{}, raster: vector.NewRasterizer(1, 1)}
	c.image = image.NewRGBA(image.Rect(0, 0, int(math.Ceil(s.Width*Density)), int(math.Ceil(s.Height*Density))))
	draw.Draw(c.image, c.image.Bounds(), image.White, image.Point{}, draw.Src)
	for _, m := range s.Marks {
		c.mark(m)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, c.image); err != nil {
		return nil, fmt.Errorf("encode a figure: %w", err)
	}
	return b.Bytes(), nil
}

// canvas draws on an image.
type canvas struct {
	image  *image.RGBA
	raster *vector.Rasterizer
	faces  map[float64]font.Face
}

func (c *canvas) mark(m Mark) {
	switch {
	case m.Kind == Text:
		c.text(m)
	case m.Kind == Sign && m.Role != Value:
		shape := signOf(m)
		c.fill(grown(shape.outline, m.From, shape.width/2), shape.border)
		c.fill(grown(shape.outline, m.From, -shape.width/2), shape.fill)
	default:
		if m.Kind == Sign {
			m = tick(m)
		}
		c.line(m.corners(), strokeOf(m), m.Kind == Path)
	}
}

// grown is a shape whose border lies so many pixels further out, as corners on the sheet.
func grown(outline [][2]float64, at At, by float64) [][2]float64 {
	points := make([][2]float64, len(outline))
	for i := range outline {
		last, here, next := outline[(i+len(outline)-1)%len(outline)], outline[i], outline[(i+1)%len(outline)]
		dx, dy := mitre(last, here, next, by)
		points[i] = [2]float64{at.DX + here[0] + dx, at.DY + here[1] + dy}
	}
	return points
}

// mitre is how a corner of a polygon that runs clockwise moves if its sides move outwards.
func mitre(last, here, next [2]float64, by float64) (dx, dy float64) {
	normal := func(a, b [2]float64) (float64, float64) {
		x, y := b[0]-a[0], b[1]-a[1]
		length := math.Hypot(x, y)
		return y / length, -x / length
	}
	x1, y1 := normal(last, here)
	x2, y2 := normal(here, next)
	scale := by / max(0.25, 1+x1*x2+y1*y2)
	return (x1 + x2) * scale, (y1 + y2) * scale
}

// line draws each piece of a line as a rectangle. Pieces of a path reach beyond their ends,
// so that corners are filled.
func (c *canvas) line(points []At, st stroke, joined bool) {
	for i := 1; i < len(points); i++ {
		for _, piece := range dashed(points[i-1], points[i], st.dashes) {
			a, b := piece[0], piece[1]
			length := math.Hypot(b.DX-a.DX, b.DY-a.DY)
			if length == 0 {
				continue
			}
			ux, uy := (b.DX-a.DX)/length*st.width/2, (b.DY-a.DY)/length*st.width/2
			if joined && st.dashes == nil {
				a, b = At{DX: a.DX - ux/2, DY: a.DY - uy/2}, At{DX: b.DX + ux/2, DY: b.DY + uy/2}
			}
			c.fill([][2]float64{{a.DX - uy, a.DY + ux}, {b.DX - uy, b.DY + ux}, {b.DX + uy, b.DY - ux}, {a.DX + uy, a.DY - ux}}, st.ink)
		}
	}
}

// dashed are the pieces of a line.
func dashed(a, b At, dashes []float64) [][2]At {
	length := math.Hypot(b.DX-a.DX, b.DY-a.DY)
	if dashes == nil || length == 0 {
		return [][2]At{{a, b}}
	}
	at := func(d float64) At {
		return At{DX: a.DX + (b.DX-a.DX)*d/length, DY: a.DY + (b.DY-a.DY)*d/length}
	}
	var pieces [][2]At
	for d := 0.0; d < length; d += dashes[0] + dashes[1] {
		pieces = append(pieces, [2]At{at(d), at(min(length, d+dashes[0]))})
	}
	return pieces
}

// fill fills a polygon. It works on the part of the image around the polygon only.
func (c *canvas) fill(corners [][2]float64, ink color.NRGBA) {
	left, top, right, bottom := math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)
	for _, p := range corners {
		left, right = min(left, p[0]*Density), max(right, p[0]*Density)
		top, bottom = min(top, p[1]*Density), max(bottom, p[1]*Density)
	}
	box := image.Rect(int(math.Floor(left)), int(math.Floor(top)), int(math.Ceil(right))+1, int(math.Ceil(bottom))+1)
	if box.Intersect(c.image.Bounds()).Empty() || box.Dx() > 2*c.image.Bounds().Dx() || box.Dy() > 2*c.image.Bounds().Dy() {
		return
	}
	c.raster.Reset(box.Dx(), box.Dy())
	for i, p := range corners {
		x, y := float32(p[0]*Density-float64(box.Min.X)), float32(p[1]*Density-float64(box.Min.Y))
		if i == 0 {
			c.raster.MoveTo(x, y)
		} else {
			c.raster.LineTo(x, y)
		}
	}
	c.raster.ClosePath()
	c.raster.Draw(c.image, box, image.NewUniform(ink), image.Point{})
}

func (c *canvas) text(m Mark) {
	l := lettersOf(m)
	size := l.size * Density
	if c.faces[size] == nil {
		c.faces[size] = face(size)
	}
	text := visible(m.Text)
	d := font.Drawer{Dst: c.image, Src: image.NewUniform(l.ink), Face: c.faces[size]}
	x := leftOf(m, text, l.size)
	d.Dot = fixed.Point26_6{X: fixed.Int26_6(x * Density * 64), Y: fixed.Int26_6(m.From.DY * Density * 64)}
	d.DrawString(text)
}

// leftOf is where a text begins.
func leftOf(m Mark, text string, size float64) float64 {
	return m.From.DX - measured(text, size)*before[m.Anchor]
}

// before is the share of a text that lies before its place.
var before = map[Anchor]float64{Middle: 0.5, End: 1}
