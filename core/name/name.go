// Package name says what may be the name of a benchmark, a site, a flavor or a tag, so that
// a person can tell names apart, and finds names that look alike.
//
// It imports the standard library, and Unicode's normalization forms.
package name

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

const empty = "May not be empty."

// longest is the longest name in bytes: PostgreSQL's indexes take rows of up to 2704.
const longest = 1000

// Fault returns what is wrong with the name of a site, a flavor or a tag, as a sentence for
// who sent it; "" if nothing is. A name is in normalization form C (Unicode annex 15), and
// its characters are printable, by the Unicode version of package unicode. Inside it may
// have plain spaces.
//
// Characters that are invisible are refused, but for those that change how their neighbours
// look: joiners and variation selectors where emoji and some scripts need them.
func Fault(text string) string {
	switch {
	case text == "":
		return empty
	case !utf8.ValidString(text):
		return "Not valid UTF-8."
	case len(text) > longest:
		return tooLong(text, longest)
	}
	runes := []rune(text)
	if fault := hidden(runes); fault != "" {
		return fault
	}
	switch {
	case runes[0] == ' ' || runes[len(runes)-1] == ' ':
		return "Has a blank at its beginning or its end."
	case unicode.IsMark(runes[0]):
		return fmt.Sprintf("Begins with %U, which belongs to a character before it.", runes[0])
	case !norm.NFC.IsNormalString(text):
		return fmt.Sprintf("Not in Unicode's normalization form C, in which it is %+q.", norm.NFC.String(text))
	}
	return stacked(runes)
}

func tooLong(text string, most int) string {
	return fmt.Sprintf("Longer than maximum length %d bytes: it has %d.", most, len(text))
}

// Hidden returns which character of the text is invisible or changes how others are read, as a sentence;
// "" if none does. It is for texts that are no names, such as addresses for mails.
func Hidden(text string) string { return hidden([]rune(text)) }

func hidden(runes []rune) string {
	for i, r := range runes {
		if what := unprintable(runes, i); what != "" {
			return fmt.Sprintf("Character %d, %U, is %s.", i+1, r, what)
		}
	}
	return ""
}

// mostMarks is how many nonspacing marks may be on one character (Unicode TR 39, section 5.4).
const mostMarks = 4

// stacked returns what is wrong if a character has so many marks that they cover its neighbours, or one
// of them twice, of which only one is seen.
func stacked(runes []rune) string {
	marks := 0
	for i, r := range runes {
		if !unicode.In(r, unicode.Mn, unicode.Me) {
			marks = 0
			continue
		}
		if marks++; marks > mostMarks {
			return fmt.Sprintf("Character %d, %U, is the mark number %d on one character: at most %d are allowed.", i+1, r, marks, mostMarks)
		}
		if marks > 1 && runes[i-1] == r {
			return fmt.Sprintf("Character %d, %U, is a second one of the same mark.", i+1, r)
		}
	}
	return ""
}

const (
	nonJoiner = '\u200c'
	joiner    = '\u200d'
)

// blankSymbols are symbols without ink.
const blankSymbols = "\u2800\U0001d159"

// unprintable returns what the character at the index is if a name must not have it there.
func unprintable(runes []rune, i int) string {
	switch r := runes[i]; {
	case r == ' ':
		return ""
	case r == joiner || r == nonJoiner:
		if joins(runes, i) {
			return ""
		}
		return "invisible here"
	case unicode.Is(unicode.Variation_Selector, r):
		if i > 0 && selects(runes[i-1], r) || isKeycap(runes, i) {
			return ""
		}
		return "invisible here"
	case unicode.Is(unicode.Bidi_Control, r):
		return "invisible, and changes the direction of text"
	case unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r), strings.ContainsRune(blankSymbols, r):
		return "invisible"
	case r == '\ufffc' || r == utf8.RuneError:
		return "a mark for something that was lost"
	case unicode.IsPrint(r):
		return ""
	case unicode.IsControl(r):
		return "a control character"
	case unicode.Is(unicode.Zs, r):
		return "a blank that is not the plain space"
	case unicode.In(r, unicode.Zl, unicode.Zp):
		return "a line break"
	case unicode.Is(unicode.Cf, r):
		return "a format character, which is invisible"
	case unicode.Is(unicode.Co, r):
		return "a private character, which means something else for everybody"
	}
	return "not a character of Unicode " + unicode.Version
}

// Ranges of variation selectors, beside those of Mongolian (Unicode annexes 51 and 37).
const (
	firstSelector, lastSelector = '\ufe00', '\ufe0d'
	textStyle, emojiStyle       = '\ufe0e', '\ufe0f'
	firstIdeographic            = '\U000e0100'
)

// firstPicture is the first character that is a symbol of more than one color, or a part of such a one.
const firstPicture = '\u2190'

// selects reports whether the variation selector may change how the character before it looks.
func selects(before, selector rune) bool {
	switch {
	case selector == textStyle || selector == emojiStyle:
		return before > unicode.MaxASCII && unicode.Is(unicode.S, before)
	case selector >= firstIdeographic:
		return unicode.Is(unicode.Han, before)
	case selector >= firstSelector && selector <= lastSelector:
		return unicode.In(before, unicode.Han, unicode.Sm) && before > unicode.MaxASCII
	}
	return unicode.Is(unicode.Mongolian, before)
}

// isKeycap reports whether the selector at the index is in the emoji of a key, as 1, selector, U+20E3.
func isKeycap(runes []rune, i int) bool {
	return runes[i] == emojiStyle && i > 0 && strings.ContainsRune("0123456789#*", runes[i-1]) && i+1 < len(runes) && runes[i+1] == '\u20e3'
}

// viramas have this canonical combining class: a joiner after one chooses between forms of
// the letters around it.
const viramas = 9

// joins reports whether a joiner or non-joiner changes how its neighbours look: between the
// parts of an emoji, after a virama (RFC 5892, appendix A), and between letters of a script
// that is written joined.
func joins(runes []rune, i int) bool {
	if i == 0 || i == len(runes)-1 {
		return false
	}
	before, after := runes[i-1], runes[i+1]
	if norm.NFC.PropertiesString(string(before)).CCC() == viramas {
		return unicode.IsLetter(after) && !unicode.In(after, unicode.Latin, unicode.Greek, unicode.Cyrillic)
	}
	if runes[i] == nonJoiner {
		return isJoined(before) && !unicode.Is(endsJoin, before) && isJoined(after)
	}
	if unicode.Is(unicode.Variation_Selector, before) && i > 1 {
		before = runes[i-2]
	}
	return isPicture(before) && isPicture(after)
}

func isPicture(r rune) bool {
	return r >= firstPicture && unicode.In(r, unicode.So, unicode.Sk, unicode.Sm)
}

// endsJoin are letters of Arabic and Syriac that never join the one after them (Joining_Type R or U in
// Unicode's ArabicShaping.txt).
var endsJoin = &unicode.RangeTable{R16: []unicode.Range16{
	{Lo: 0x0621, Hi: 0x0625, Stride: 1}, {Lo: 0x0627, Hi: 0x0629, Stride: 2}, {Lo: 0x062f, Hi: 0x0632, Stride: 1},
	{Lo: 0x0648, Hi: 0x0648, Stride: 1}, {Lo: 0x0671, Hi: 0x0677, Stride: 1}, {Lo: 0x0688, Hi: 0x0699, Stride: 1},
	{Lo: 0x06c0, Hi: 0x06c0, Stride: 1}, {Lo: 0x06c3, Hi: 0x06cb, Stride: 1}, {Lo: 0x06cd, Hi: 0x06cf, Stride: 2},
	{Lo: 0x06d2, Hi: 0x06d5, Stride: 1}, {Lo: 0x06ee, Hi: 0x06ef, Stride: 1}, {Lo: 0x0710, Hi: 0x0710, Stride: 1},
	{Lo: 0x0715, Hi: 0x0719, Stride: 1}, {Lo: 0x071e, Hi: 0x0728, Stride: 10}, {Lo: 0x072a, Hi: 0x072c, Stride: 2},
}}

func isJoined(r rune) bool {
	return unicode.IsLetter(r) && unicode.In(r, unicode.Arabic, unicode.Syriac, unicode.Mongolian, unicode.Nko, unicode.Mandaic)
}
