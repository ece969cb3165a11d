package name

import (
	_ "embed"
	"strconv"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Looks is what a person sees of a name. Two names look alike if they have one of its two
// texts in common.
type Looks struct {
	// Skeleton is that of the name in one case of letters (Unicode TR 39, section 4): "S1TE"
	// and "s1te", "раураl" with Cyrillic letters and "paypal".
	Skeleton string
	// Folded is the skeleton of the name as it is written, in one case of letters: "PayPaI"
	// with a capital I, and "paypal".
	Folded string
}

// LooksOf returns what a person sees of the name.
func LooksOf(text string) Looks {
	if isPlain(text) {
		return plainLooks(text)
	}
	return anyLooks(text)
}

// LooksOfImage is LooksOf for IMAGE:TAG: names that lead to the same image look alike.
func LooksOfImage(text string) Looks { return LooksOf(SameImage(text)) }

func anyLooks(text string) Looks {
	text = strings.Join(strings.Fields(norm.NFKC.String(strings.Map(visible, text))), " ")
	return Looks{Skeleton: skeleton(fold(text)), Folded: fold(skeleton(text))}
}

// isPlain reports whether all characters are visible ones of ASCII, with single spaces inside.
func isPlain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] >= unicode.MaxASCII || text[i] == ' ' && (i == 0 || i == len(text)-1 || text[i-1] == ' ') {
			return false
		}
	}
	return true
}

// ofASCII are the looks of each character of ASCII.
var ofASCII = sync.OnceValue(func() (looks [unicode.MaxASCII]Looks) {
	for i := range looks {
		looks[i] = anyLooks(string(rune(i)))
	}
	looks[' '] = Looks{Skeleton: " ", Folded: " "}
	return looks
})

// plainLooks is anyLooks for plain names, which are most names, and ten times as fast.
func plainLooks(text string) Looks {
	table := ofASCII()
	whole, folded := make([]byte, 0, 2*len(text)), make([]byte, 0, 2*len(text))
	for i := range len(text) {
		whole, folded = append(whole, table[text[i]].Skeleton...), append(folded, table[text[i]].Folded...)
	}
	return Looks{Skeleton: string(whole), Folded: string(folded)}
}

// Like reports whether the names look alike. A name looks like itself.
func (l Looks) Like(other Looks) bool {
	return l.Skeleton == other.Skeleton || l.Folded == other.Folded
}

// visible returns the character, or -1 for one that is invisible.
func visible(r rune) rune {
	if unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point) {
		return -1
	}
	return r
}

// skeleton returns the text of the prototypes of all characters.
func skeleton(text string) string {
	prototypes := confusables()
	var out strings.Builder
	for _, r := range norm.NFD.String(text) {
		if prototype, ok := prototypes[r]; ok {
			out.WriteString(prototype)
		} else {
			out.WriteRune(r)
		}
	}
	return norm.NFD.String(out.String())
}

// fold returns the text with one case of letters (simple case folding).
func fold(text string) string {
	return strings.Map(func(r rune) rune {
		least := r
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			least = min(least, other)
		}
		return unicode.ToLower(least)
	}, text)
}

//go:embed confusables.txt
var confusablesText string

// confusables returns the prototypes of the characters that have one.
var confusables = sync.OnceValue(func() map[rune]string {
	prototypes := map[rune]string{}
	for line := range strings.Lines(confusablesText) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		var characters []rune
		for field := range strings.FieldsSeq(line) {
			code, err := strconv.ParseUint(field, 16, 32)
			if err != nil {
				panic("core/name/confusables.txt has the line " + line)
			}
			characters = append(characters, rune(code)) //nolint:gosec // a code point
		}
		prototypes[characters[0]] = string(characters[1:])
	}
	return prototypes
})
