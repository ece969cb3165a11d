package draw

import (
	"sync"
	"unicode"

	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// parsed is the font of all files.
var parsed = sync.OnceValue(func() *sfnt.Font {
	f, err := opentype.Parse(liberationsansregular.TTF)
	if err != nil {
		panic("the font of the figures: " + err.Error()) // the font is part of the program
	}
	return f
})

// face returns the font in a size in pixels. A face is for one goroutine.
func face(size float64) font.Face {
	const dotsPerInch = 72
	f, err := opentype.NewFace(parsed(), &opentype.FaceOptions{Size: size, DPI: dotsPerInch, Hinting: font.HintingNone})
	if err != nil {
		panic("the font of the figures: " + err.Error())
	}
	return f
}

// units is the size in pixels at which the widths of characters are known: widths in other
// sizes are proportional.
const units = 64

var widths = struct {
	sync.Mutex
	face  font.Face
	known map[rune]float64
}{known: map[rune]float64{}}

// measured is the width of a text in pixels.
func measured(text string, size float64) float64 {
	widths.Lock()
	defer widths.Unlock()
	total := 0.0
	for _, r := range text {
		total += widthOf(r)
	}
	return total * size / units
}

// widthOf needs the lock.
func widthOf(r rune) float64 {
	if width, ok := widths.known[r]; ok {
		return width
	}
	if widths.face == nil {
		widths.face = face(units)
	}
	advance, ok := widths.face.GlyphAdvance(r)
	if !ok {
		advance = fixed.I(units * 3 / 4)
	}
	width := float64(advance) / 64
	// Strangers choose the characters of names.
	if len(widths.known) < 4096 {
		widths.known[r] = width
	}
	return width
}

// visible is a text with characters of the font only: others become a box. It is for PNG
// and PDF; browsers have more fonts.
func visible(text string) string {
	var buffer sfnt.Buffer
	shown := []rune(Shortened(text, mostRunes))
	for i, r := range shown {
		if index, err := parsed().GlyphIndex(&buffer, r); err != nil || index == 0 || r > 0xffff {
			shown[i] = '□'
			if unicode.IsSpace(r) {
				shown[i] = '\u00a0'
			}
		}
	}
	return string(shown)
}
