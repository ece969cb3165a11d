package tables

import (
	"fmt"
	"strings"
	"testing"
)

// TestJSONIsToldFromOtherTexts: also when another document of the same length was read before, and again.
func TestJSONIsToldFromOtherTexts(t *testing.T) {
	t.Parallel()
	documents := newCheckedDocuments(2)
	cases := []struct {
		text   string
		isJSON bool
	}{
		{`{"score":1}`, true},
		{`{"score":1,`, false},
		{`{"score":2}`, true},
		{`{"score":3}`, true},
		{``, false},
		{`{} {}`, false},
		{`"` + strings.Repeat("x", 1_000_000) + `"`, true},
		{`"` + strings.Repeat("x", 1_000_000) + `,`, false},
	}
	for round := range 3 {
		for _, c := range cases {
			if got := documents.isJSON([]byte(c.text)); got != c.isJSON {
				t.Errorf("round %d: %.20s of %d bytes is JSON: %v", round, c.text, len(c.text), got)
			}
		}
	}
}

// BenchmarkReadingDocuments reads the documents of a large list for the first time, and again.
func BenchmarkReadingDocuments(b *testing.B) {
	numbers := make([]string, 60_000)
	for i := range numbers {
		numbers[i] = fmt.Sprint(float64(i) / 7)
	}
	text := Document(`[` + strings.Join(numbers, ",") + `]`)
	b.Run("first", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			newCheckedDocuments(1).isJSON(text)
		}
	})
	b.Run("again", func(b *testing.B) {
		b.SetBytes(int64(len(text)))
		for b.Loop() {
			text.isJSON()
		}
	})
}
