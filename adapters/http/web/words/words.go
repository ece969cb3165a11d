// Package words has the sentences of the pages that depend on data, in one voice and in one
// place, so that another language could follow. What never changes stands in the templates.
//
// The package knows neither HTTP nor storage.
package words

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/eosc-perf/backend/core/domain"
)

// Phrase is a part of a sentence.
type Phrase struct {
	Text string
	// Strong is true for what the eye should find first.
	Strong bool
}

// Sentence are the phrases of one or several sentences.
type Sentence []Phrase

// String is the text of the sentence.
func (s Sentence) String() string {
	var b strings.Builder
	for _, phrase := range s {
		b.WriteString(phrase.Text)
	}
	return b.String()
}

func plain(text string) Phrase  { return Phrase{Text: text} }
func strong(text string) Phrase { return Phrase{Text: text, Strong: true} }

// Narrow is a narrow space at which no line breaks: between thousands. NoBreak is a space of
// usual width: between a number and its unit.
const (
	Narrow  = "\u202f"
	NoBreak = "\u00a0"

	minus = "\u2212"
)

// Plural is a number and a noun: 1 result, 2 results.
func Plural(n int, noun string) string { return Number(n) + NoBreak + Noun(n, noun) }

// Noun is the noun in singular or plural. Of several words the one before "of" counts: number of
// cores, numbers of cores.
func Noun(n int, noun string) string {
	if n == 1 {
		return noun
	}
	if head, of, found := strings.Cut(noun, " of "); found {
		return Noun(n, head) + " of " + of
	}
	for _, ending := range []string{"sh", "ch", "x", "ss"} {
		if strings.HasSuffix(noun, ending) {
			return noun + "es"
		}
	}
	if strings.HasSuffix(noun, "s") { // the last part of a path may be a plural
		return noun
	}
	return noun + "s"
}

// All leads to all of something, of which some is shown: All 20 results.
func All(n int, noun string) string {
	if n == 1 {
		return "The one " + noun
	}
	return "All " + Plural(n, noun)
}

// Left says how many more there are: 1 more value, 2 more values.
func Left(n int, noun string) string { return Number(n) + " more " + Noun(n, noun) }

// UnderClaim says how many results of a site are under claim: so many, or more.
func UnderClaim(results int, orMore bool) string {
	text := Plural(results, "result") + " " + verb(results, "is", "are") + " under claim: in no list or comparison until an administrator " +
		"has decided."
	if orMore {
		return "At least " + text
	}
	return text
}

// Requires says how many values a schema requires.
func Requires(values int) string {
	if values == 0 {
		return "It requires no value."
	}
	return "It requires " + Plural(values, "value") + "."
}

// NotSent says how many files of a form were left out.
func NotSent(files int) string {
	return Plural(files, "file") + " " + verb(files, "was", "were") + " not sent: mend what is wrong, and choose them again."
}

// Doctor says how many parts of the server have a problem.
func Doctor(problems, parts int) string {
	if problems == 0 {
		return "Everything works"
	}
	return Number(problems) + " of " + Plural(parts, "part") + " " + verb(problems, "has", "have") + " a problem"
}

// Mails says how many mails wait, and how many are parked.
func Mails(waiting, parked int) string {
	if waiting == 0 && parked == 0 {
		return "No mail waits"
	}
	return Number(waiting) + " " + Noun(waiting, "mail") + " " + verb(waiting, "waits", "wait") + ", " + Number(parked) + " " +
		verb(parked, "is", "are") + " parked"
}

// Number is a whole number with a narrow space between thousands.
func Number(n int) string { return grouped(strconv.Itoa(n)) }

// Value is a measured value as tables show it: 3 significant digits, 4 from 1,000 on.
func Value(v float64) string { return significant(v, usualDigits) }

// usualDigits are those of values below 1,000.
const usualDigits = 3

// Detail is a value with one digit more, for the ends of intervals.
func Detail(v float64) string { return significant(v, usualDigits+1) }

func significant(v float64, digits int) string {
	const plainFrom, plainTo, thousand = 1e-4, 1e7, 1000
	size := math.Abs(v)
	if size != 0 && (size < plainFrom || size >= plainTo) {
		return exponent(strconv.FormatFloat(v, 'e', digits-1, 64))
	}
	if size >= thousand {
		digits = max(digits, usualDigits+1)
	}
	if size == 0 {
		return "0"
	}
	rounded, err := strconv.ParseFloat(strconv.FormatFloat(v, 'e', digits-1, 64), 64)
	if err != nil {
		return strconv.FormatFloat(v, 'g', digits, 64)
	}
	decimals := max(0, digits-1-firstDigit(rounded))
	return grouped(strconv.FormatFloat(rounded, 'f', decimals, 64))
}

// firstDigit is the place of the first digit of a number: 0 for ones, 1 for tens, -1 for tenths.
func firstDigit(v float64) int { return int(math.Floor(math.Log10(math.Abs(v)) + 1e-12)) }

// Grouped are the digits of a number with a narrow space between thousands, if they are plain.
func Grouped(digits string) string {
	const four = 4
	if strings.Trim(digits, "-0123456789") != "" || len(digits) < four {
		return digits
	}
	return grouped(digits)
}

func exponent(text string) string {
	mantissa, power, _ := strings.Cut(text, "e")
	n, err := strconv.Atoi(power)
	if err != nil {
		return text
	}
	return strings.ReplaceAll(mantissa+"e"+strconv.Itoa(n), "-", minus)
}

func grouped(digits string) string {
	const group = 3
	sign, whole := "", digits
	if rest, negative := strings.CutPrefix(digits, "-"); negative {
		sign, whole = minus, rest
	}
	whole, decimals, hasDecimals := strings.Cut(whole, ".")
	var b strings.Builder
	b.WriteString(sign)
	for i, digit := range whole {
		if i > 0 && (len(whole)-i)%group == 0 {
			b.WriteString(Narrow)
		}
		b.WriteRune(digit)
	}
	if hasDecimals {
		b.WriteString("." + decimals)
	}
	return b.String()
}

// WithUnit is a value with its unit.
func WithUnit(v float64, unit string) string { return withUnit(Value(v), unit) }

func withUnit(text, unit string) string {
	if unit == "" {
		return text
	}
	return text + NoBreak + unit
}

// Ratio is a factor with two decimals below 100.
func Ratio(v float64) string {
	const least, few, many = 0.01, 100, 1e5
	switch {
	case v < least:
		return Value(v)
	case v < few:
		return strconv.FormatFloat(v, 'f', 2, 64)
	case v < many:
		return grouped(strconv.FormatFloat(v, 'f', 0, 64))
	}
	return Value(v)
}

// List joins names: A, B and C.
func List(names []string) string {
	switch len(names) {
	case 0:
		return ""
	case 1:
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// MetricName is what a metric is called in a sentence: its name, else the last part of its
// path.
func MetricName(m domain.Metric) string {
	name := m.Name
	if name == "" {
		name = lastPart(m.Path)
	}
	return Lower(name)
}

// Lower begins a text with a small letter, unless it is an abbreviation.
func Lower(text string) string {
	if strings.ToUpper(text) == text {
		return text
	}
	runes := []rune(text)
	return strings.ToLower(string(runes[:1])) + string(runes[1:])
}

// Upper begins a text with a capital letter.
func Upper(text string) string {
	if text == "" {
		return ""
	}
	runes := []rune(text)
	return strings.ToUpper(string(runes[:1])) + string(runes[1:])
}

// MetricLabel is a metric as a choice: time (result.score), s.
func MetricLabel(m domain.Metric) string {
	text := m.Path
	if m.Name != "" {
		text = MetricName(m) + " (" + m.Path + ")"
	}
	if m.Unit != "" {
		text += ", " + m.Unit
	}
	return text
}

// MetricChoice is a metric in a list of choices: Time (result.score), s. A path keeps its letters.
func MetricChoice(m domain.Metric) string {
	if m.Name == "" {
		return MetricLabel(m)
	}
	return Upper(MetricLabel(m))
}

// Resource is what the resource of a metric counts: cores, if its path says so.
func Resource(path string) string {
	lower := strings.ToLower(path)
	last := lastPart(lower)
	if strings.Contains(lower, "core") || strings.Contains(lower, "cpu") && slices.Contains([]string{"count", "cpus", "number", "n"}, last) {
		return "cores"
	}
	if strings.HasSuffix(last, "s") {
		return last
	}
	return last + "s"
}

// Resources is a number of a resource: 1 core, 32 cores.
func Resources(n float64, path string) string {
	name := Resource(path)
	if n == 1 {
		name = strings.TrimSuffix(name, "s")
	}
	return Plain(n) + NoBreak + name
}

// Plain is a number as people write it in an address: 8, 2.5.
func Plain(n float64) string { return strconv.FormatFloat(n, 'f', -1, 64) }

func lastPart(path string) string {
	path = strings.TrimRight(path, `."]`)
	if i := strings.LastIndexAny(path, `."[`); i >= 0 {
		path = path[i+1:]
	}
	if path == "" {
		return "value"
	}
	return path
}

// Better says what is good about a metric: lower is better.
func Better(better domain.Better) string {
	switch better {
	case domain.LowerBetter:
		return "lower is better"
	case domain.HigherBetter:
		return "higher is better"
	default:
		return "whether lower or higher is better is not declared"
	}
}

// Dimension is what the rows of a table are, in singular.
func Dimension(by string, metric domain.Metric) string {
	switch by {
	case "flavor", "site", "tag", "month":
		return by
	case "benchmark":
		return "version"
	}
	path := strings.TrimPrefix(by, "json.")
	switch path {
	case metric.Label:
		return LabelName(path)
	case metric.Resource:
		return "number of " + Resource(path)
	}
	return lastPart(path)
}

// LabelName is what the label of a metric describes: the processor, if its path says so.
func LabelName(path string) string {
	lower := strings.ToLower(path)
	switch {
	case strings.Contains(lower, "gpu"):
		return "GPU"
	case strings.Contains(lower, "cpu"), strings.Contains(lower, "processor"):
		return "processor"
	}
	return lastPart(path)
}

// Fastest and Slowest name the ends of an order: of speeds, or of anything else.
func Fastest(isSpeed bool) string {
	if isSpeed {
		return "Fastest"
	}
	return "Best"
}

// PerResource is the unit of values that are related to the resource of their metric.
func PerResource(m domain.Metric) string {
	resource := Resource(m.Resource)
	one := strings.TrimSuffix(resource, "s")
	if m.Better == domain.HigherBetter {
		return strings.TrimSpace(m.Unit + " per " + one)
	}
	if m.Unit == "s" {
		return one + "-seconds"
	}
	return strings.TrimSpace(m.Unit + " × " + resource)
}
