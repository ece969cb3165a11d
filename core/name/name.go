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
	}
	runes := []rune(text)
	for i, r := range runes {
		if what := unprintable(runes, i); what != "" {
			return fmt.Sprintf("Character %d, %U, is %s.", i+1, r, what)
		}
	}
	switch {
	case runes[0] == ' ' || runes[len(runes)-1] == ' ':
		return "Has a blank at its beginning or its end."
	case unicode.IsMark(runes[0]):
		return fmt.Sprintf("Begins with %U, which belongs to a character before it.", runes[0])
	case !norm.NFC.IsNormalString(text):
		return fmt.Sprintf("Not in Unicode's normalization form C, in which it is %+q.", norm.NFC.String(text))
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
		if i > 0 && unicode.In(runes[i-1], unicode.S, unicode.Han, unicode.Mongolian) {
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
		return unicode.IsLetter(after)
	}
	if runes[i] == nonJoiner {
		return isJoined(before) && isJoined(after)
	}
	if unicode.Is(unicode.Variation_Selector, before) && i > 1 {
		before = runes[i-2]
	}
	return unicode.Is(unicode.S, before) && unicode.Is(unicode.S, after)
}

func isJoined(r rune) bool {
	return unicode.IsLetter(r) && unicode.In(r, unicode.Arabic, unicode.Syriac, unicode.Mongolian, unicode.Nko, unicode.Mandaic)
}
