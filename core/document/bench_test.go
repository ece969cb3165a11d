package document_test

import (
	"strings"
	"testing"

	"github.com/eosc-perf/backend/core/document"
)

// plain and scientific are results of 1.5 KB; only the numbers of the second one
// have to be rewritten.
var (
	plain = `{"machine":{"cpu":{"arch":"X86_64","count":8,"flags":[` + strings.Repeat(`"avx512",`, 135) +
		`"x"],"hz_actual":[2300000000,0]}},"result":{"all_results":"28.1:28.0","score":28.08},"test":"c-ray","units":"Seconds"}`
	scientific = strings.Replace(plain, "28.08", "2.808e1", 1)
)

func BenchmarkCheck(b *testing.B) {
	text := []byte(plain)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if err := document.Check(text, limits); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCanonical(b *testing.B) {
	for _, c := range []struct{ name, text string }{{"plain", plain}, {"scientific", scientific}} {
		b.Run(c.name, func(b *testing.B) {
			text := []byte(c.text)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := document.Canonical(text); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
