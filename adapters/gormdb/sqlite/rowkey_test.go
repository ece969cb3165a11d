package sqlite

import (
	"fmt"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
	"pgregory.net/rapid"

	"github.com/eosc-perf/backend/core/filter"
)

// element is the JSON text of an element of an array: often one that another element equals, written alike
// or otherwise, or that differs at its end only.
var element = rapid.OneOf(
	rapid.SampledFrom([]string{
		`"a"`, `"\u0061"`, `""`, `"\u0000"`, `"\u0000a"`, `"é"`, `"\u00e9"`, `"\""`, `1`, `1.0`, `10e-1`, `"1"`, `"1.0"`, `"1 GB"`, `"1000 MB"`,
		`null`, `true`, `false`, `[]`, `{}`, `[1]`, `[1.0]`, `{"a":1}`,
	}),
	rapid.Map(rapid.IntRange(0, 60), func(n int) string { return fmt.Sprintf(`"flag %d"`, n) }),
	rapid.Map(rapid.IntRange(0, 60), func(n int) string { return fmt.Sprint(n) }),
	rapid.Map(rapid.IntRange(90, 104), func(n int) string { return `"` + strings.Repeat("x", n) + `"` }),
	rapid.Map(rapid.IntRange(45, 55), func(n int) string { return `"` + strings.Repeat(`\u0000`, n) + `"` }),
	rapid.Map(rapid.IntRange(190, 210), func(n int) string { return `"` + strings.Repeat("x", n) + `y"` }),
)

// For any array, the rows are those of elements whose keys nobody before them has.
func TestElementsHaveOneRowForEachKey(t *testing.T) {
	path, err := filter.ParsePath("of[*]", 100)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		elements := rapid.SliceOfN(element, 0, 120).Draw(t, "elements")
		keys := map[string]bool{}
		var want []rowKey
		for _, text := range elements {
			value := jsontext.Value(text)
			if key := string(cut(sortKeyOf(value))); !keys[key] {
				keys[key] = true
				want = appendKeys(want, 7, value)
			}
		}
		if len(keys) > maxElements {
			want = []rowKey{{7, []byte{moreRank}}}
		}
		got := leaf{7, path}.elementKeys([]byte(`[` + strings.Join(elements, ", ") + `]`))
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("got %v, want %v", got, want)
		}
	})
}

func BenchmarkElementKeys(b *testing.B) {
	path, err := filter.ParsePath("of[*]", 100)
	if err != nil {
		b.Fatal(err)
	}
	for _, n := range []int{8, 80} {
		var flags []string
		for i := range n {
			flags = append(flags, fmt.Sprintf(`"flag_%d"`, i))
		}
		array := []byte(`[` + strings.Join(flags, ",") + `]`)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				leaf{7, path}.elementKeys(array)
			}
		})
	}
}
