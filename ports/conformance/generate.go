package conformance

import (
	"encoding/json"
	"fmt"
	"strings"

	"pgregory.net/rapid"
)

// names are keys of objects and parts of paths. They are few, so that many paths exist.
var names = []string{"a", "b", "aa", "B", "0", "1", "-1", "00", "\u00e9", " 1"}

var numbers = []string{
	"0", "-0", "1", "1.0", "10e-1", "-1", "0.1", "1e3", "1000", "1e300", "1e-300", "12345678901234567890", "12345678901234567891",
}

// Documents generates JSON objects and sometimes other values. They have few names and
// values, and may have equal keys and unusual spellings.
func Documents() *rapid.Generator[string] {
	return rapid.Custom(func(t *rapid.T) string {
		if rapid.IntRange(0, 9).Draw(t, "top") == 0 {
			return drawValue(t, 2)
		}
		return drawObject(t, 3)
	})
}

// Paths generates dotted paths into such documents.
func Paths() *rapid.Generator[string] {
	return rapid.Map(rapid.SliceOfN(rapid.SampledFrom(append([]string{""}, names...)), 1, 3), func(parts []string) string {
		// A space would end the path of a filter.
		return strings.ReplaceAll(strings.Join(parts, "."), " ", "\t")
	})
}

// Operands generates the values of conditions on such documents.
func Operands() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom(numbers),
		rapid.SampledFrom([]string{"true", "False", "", "x"}),
		anyWords(),
		rapid.Map(rapid.Int(), func(i int) string { return fmt.Sprint(i) }),
	)
}

func anyWords() *rapid.Generator[string] {
	return rapid.OneOf(
		rapid.SampledFrom(append([]string{"", "x", "X", "5", "5.0", "true"}, numbers...)),
		rapid.StringOfN(rapid.RuneFrom([]rune("aAbB\u00e9-_ \U0001f600")), 0, 4, -1),
	)
}

func drawValue(t *rapid.T, depth int) string {
	kinds := 5
	if depth == 0 {
		kinds = 3
	}
	switch rapid.IntRange(0, kinds).Draw(t, "kind") {
	case 0:
		return rapid.SampledFrom([]string{"null", "true", "false"}).Draw(t, "word")
	case 1, 2:
		if rapid.Bool().Draw(t, "any number") {
			return fmt.Sprint(rapid.Int().Draw(t, "integer"))
		}
		return rapid.SampledFrom(numbers).Draw(t, "number")
	case 3:
		text, _ := json.Marshal(anyWords().Draw(t, "string"))
		return string(text)
	case 4:
		var elements []string
		for range rapid.IntRange(0, 3).Draw(t, "length") {
			elements = append(elements, drawValue(t, depth-1))
		}
		return "[" + strings.Join(elements, ",") + "]"
	default:
		return drawObject(t, depth-1)
	}
}

func drawObject(t *rapid.T, depth int) string {
	var members []string
	for range rapid.IntRange(0, 3).Draw(t, "size") {
		name, _ := json.Marshal(rapid.SampledFrom(names).Draw(t, "name"))
		members = append(members, string(name)+":"+drawValue(t, depth))
	}
	return "{" + strings.Join(members, ",") + "}"
}
