package sqlite

import (
	"strings"
	"testing"

	"github.com/eosc-perf/backend/core/filter"
)

// BenchmarkHolds compares the elements of arrays of 1 MB with a value that none has.
func BenchmarkHolds(b *testing.B) {
	for name, element := range map[string]string{"empty objects": "{}", "texts": `"b"`, "numbers": "7", "objects": `{"b":1}`} {
		document := []byte(`{"x":[` + strings.Repeat(element+",", 1_000_000/(len(element)+1)) + element + `]}`)
		for _, comparison := range []string{`json.x[*] = "a"`, `json.x[*] ~ "a"`, `json.x[*].b = 2`} {
			b.Run(name+", "+comparison, func(b *testing.B) {
				c, err := parseCondition(comparison)
				if err != nil {
					b.Fatal(err)
				}
				for b.Loop() {
					if c.holds(document, filter.Unit{}) {
						b.Fatal("it holds")
					}
				}
			})
		}
	}
}
