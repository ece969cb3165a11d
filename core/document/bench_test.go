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

// large are bodies of 1 MiB that are hard on a parser.
var large = map[string]string{
	"digits":           "[" + strings.Repeat("1,", 1<<19-2) + "1]",
	"empty objects":    "[" + strings.Repeat("{},", (1<<20)/3-1) + "{}]",
	"equal names":      "{" + strings.Repeat(`"":1,`, (1<<20)/5-2) + `"":1}`,
	"names not sorted": "{" + strings.Repeat(`"b":1,"a":1,`, (1<<20)/12-2) + `"":1}`,
	"one string":       `"` + strings.Repeat("x", 1<<20-2) + `"`,
}

func BenchmarkParse(b *testing.B) {
	texts := map[string]string{"plain": plain, "scientific": scientific}
	for name, text := range large {
		texts[name] = text
	}
	for name, text := range texts {
		b.Run(name, func(b *testing.B) {
			text := []byte(text)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := document.Parse(b.Context(), text, limits); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkParseAndAppend is what an upload costs besides its validation.
func BenchmarkParseAndAppend(b *testing.B) {
	for name, text := range map[string]string{"plain": plain, "scientific": scientific} {
		b.Run(name, func(b *testing.B) {
			text := []byte(text)
			b.SetBytes(int64(len(text)))
			b.ReportAllocs()
			for b.Loop() {
				value, err := document.Parse(b.Context(), text, limits)
				if err != nil {
					b.Fatal(err)
				}
				value.Append(make([]byte, 0, len(text)))
			}
		})
	}
}
