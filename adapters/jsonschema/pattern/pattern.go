// Package pattern compiles and matches the regular expressions of JSON Schema: those
// of ECMA-262 with the flag u. It translates them for two engines.
//
// The package regexp of the standard library matches in time linear in the text,
// within a small memory. It serves all patterns that it can express. Patterns with
// look-around, back references or large counts go to dlclark/regexp2, which
// tries one way after the other: it has a clock for each match, and a limit on the
// length of texts, since its memory grows with them.
//
// Beyond ECMA-262 the package accepts what is common in patterns and cannot be
// misunderstood: any escaped ASCII punctuation, braces and brackets that stand for
// themselves (but not where {,3}, [[:alpha:]] or a class of the flag v may be meant), names of
// scripts without "Script=", and (?i) at the beginning.
//
// It is imported by adapters/jsonschema.
package pattern

import (
	"fmt"
	"io"
	"regexp"
	"time"
	"unicode/utf8"

	"github.com/dlclark/regexp2"
)

// The limits of a pattern and of what is matched.
const (
	// MaxLength of a pattern in characters.
	MaxLength = 10_000
	// MaxDepth is how deeply groups may be nested.
	MaxDepth = 100
	// MaxWeight of a pattern without repetitions: see Pattern.Weight.
	MaxWeight = 20_000
	// MaxCount is the largest count of a quantifier.
	MaxCount = 1_000_000
	// MaxText is the length in characters of texts for patterns with look-around, back
	// references or large counts. At worst a match takes 200 bytes for each character.
	MaxText = 1 << 16
	// MaxTime is for one match of such a pattern.
	MaxTime = 100 * time.Millisecond
)

// ErrTooSlow is the error of a match that takes longer than MaxTime.
var ErrTooSlow = fmt.Errorf("takes longer than %s", MaxTime)

// ErrTooLong is the error of a match with a text longer than MaxText.
var ErrTooLong = fmt.Errorf("is not matched with texts of more than %d characters", MaxText)

// SyntaxError says why a pattern cannot be used, and where.
type SyntaxError struct {
	Reason string
	// Character is the number of the character in the pattern, from 1.
	Character int
}

// Error is fit for the author of the pattern.
func (e *SyntaxError) Error() string { return fmt.Sprintf("%s at character %d", e.Reason, e.Character) }

// Pattern is a compiled pattern. It is safe for concurrent use.
type Pattern struct {
	source string
	// translated is source for the engines.
	translated string
	weight     int
	// One of the two engines is set.
	linear       *regexp.Regexp
	backtracking *regexp2.Regexp
}

// Compile reads a pattern. It takes some microseconds for each unit of its weight. Error:
// *SyntaxError.
func Compile(source string) (*Pattern, error) {
	if n := utf8.RuneCountInString(source); n > MaxLength {
		return nil, &SyntaxError{fmt.Sprintf("pattern of %d characters, where the limit is %d", n, MaxLength), MaxLength + 1}
	}
	t, err := translate(source)
	if err != nil {
		return nil, err
	}
	p := &Pattern{source: source, translated: t.text, weight: t.weight}
	if !t.backtracks {
		// The error is about a repetition that is too large for this engine.
		if p.linear, err = regexp.Compile(t.text); err == nil {
			return p, nil
		}
	}
	if p.backtracking, err = backtracking(t.text); err != nil {
		return nil, &SyntaxError{"pattern that no engine takes", 1}
	}
	return p, nil
}

func backtracking(translated string) (*regexp2.Regexp, error) {
	engine, err := regexp2.Compile(translated, regexp2.ECMAScript)
	if err != nil {
		return nil, err
	}
	engine.MatchTimeout = MaxTime
	return engine, nil
}

// String returns the pattern as it was written.
func (p *Pattern) String() string { return p.source }

// Weight is the size of the compiled pattern in units of about 100 bytes: one for each
// character, class or assertion, and one for each sixteen ranges of a class, or 64 characters
// that have another case, where case does not matter; times the counts around, where the
// engine writes them out.
func (p *Pattern) Weight() int { return p.weight }

// Match tells whether the pattern is found in the text. It calls step with the work
// that it is about to do, in units of up to some microseconds; step may panic to end
// the match. What look-around and its like will take nobody knows: it counts as much.
// Errors: ErrTooSlow, ErrTooLong.
func (p *Pattern) Match(text string, step func(work int)) (bool, error) {
	if p.linear != nil {
		return p.matchLinear(text, step), nil
	}
	const (
		much  = 10_000
		short = 4096
	)
	if len(text) > MaxText && utf8.RuneCountInString(text) > MaxText {
		return false, ErrTooLong
	}
	engine := p.backtracking
	if len(text) > short {
		// An engine keeps the memory of its largest match. This one goes.
		var err error
		if engine, err = backtracking(p.translated); err != nil {
			return false, ErrTooSlow
		}
	}
	// The clock of the engine may lag on a busy machine, so that the quickest match
	// takes too long. It is right again after that.
	const tries = 2
	for range tries {
		step(much)
		if found, err := engine.MatchString(text); err == nil {
			return found, nil
		}
	}
	return false, ErrTooSlow
}

func (p *Pattern) matchLinear(text string, step func(int)) bool {
	const (
		unit  = 64
		short = 1 << 16
	)
	if work := len(text) * p.weight; work <= short {
		step(1 + work/unit)
		return p.linear.MatchString(text)
	}
	return p.linear.MatchReader(&steppingReader{text: text, step: step, work: 1 + p.weight/unit})
}

// steppingReader calls step for every character that an engine reads.
type steppingReader struct {
	text string
	step func(int)
	work int
}

// ReadRune implements io.RuneReader.
func (r *steppingReader) ReadRune() (char rune, size int, err error) {
	if r.text == "" {
		return 0, 0, io.EOF
	}
	r.step(r.work)
	char, size = utf8.DecodeRuneInString(r.text)
	r.text = r.text[size:]
	return char, size, nil
}
