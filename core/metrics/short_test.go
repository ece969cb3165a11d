package metrics_test

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/metrics"
)

// Numbers without an exponent are read in a way of their own: to the same bits.
func TestShortNumbersAreTheNearest(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`-?(0|[1-9][0-9]{0,16})(\.[0-9]{1,17})?`).Draw(t, "number")
		want, err := strconv.ParseFloat(text, 64)
		if err != nil {
			t.Fatal(err)
		}
		got, ok := metrics.Number([]byte(text))
		if want == 0 {
			want = 0 // and not -0
		}
		if !ok || math.Float64bits(got) != math.Float64bits(want) {
			t.Fatalf("%s: %v, %v, want %v", text, got, ok, want)
		}
	})
}

func TestTextsThatAreNoNumbers(t *testing.T) {
	for _, text := range []string{
		"", `"-"`, `"."`, `"-.5"`, `".5"`, `"5."`, `"01"`, `"00.5"`,
		`"1.2.3"`, `"1 "`, `"+1"`, `"1_0"`, `"0x1"`, "true", "null", "[1]",
	} {
		if number, ok := metrics.Number([]byte(text)); ok {
			t.Errorf("%q is %v", text, number)
		}
	}
}

// Samples of short numbers are read in a way of their own: what it does not know is read as ever.
func TestShortSamplesAreReadAsLongOnes(t *testing.T) {
	for _, c := range []struct{ text, separator, want string }{
		{`"1:2:9"`, "", "2"},
		{`"1:2:9"`, ":", "2"},
		{`" 1 ;; 2 | 9,"`, "", "2"},
		{`"1\n2\n9"`, "", "2"},
		{`"1 : 2 : 9"`, ":", "2"},
		{`"1::2::9"`, "::", "2"},
		{`"1e0:2:9"`, "", "2"},
		{`"1:2"`, "", "1.5"},
		{`"1:x:9"`, "", "none"},
		{`"1:2:"`, ",", "none"},
		{`"::"`, "", "none"},
		{`""`, "", "none"},
		{`"`, "", "none"},
		{`"1\u003a2\u003a9"`, "", "2"},
		{`"` + strings.Repeat("3:", 100) + `"`, "", "3"},
		{`[1,2,9]`, "", "2"},
		{`7.5`, "", "7.5"},
	} {
		var m domain.Measurement
		got := "none"
		if metrics.Measure(domain.Metric{Separator: c.separator}, metrics.Found{Samples: []byte(c.text)}, &m) {
			got = fmt.Sprint(m.Value)
		}
		if got != c.want {
			t.Errorf("%s by %q: %s, want %s", c.text, c.separator, got, c.want)
		}
	}
}
