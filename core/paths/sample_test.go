package paths_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/core/paths"
)

// sample offers the documents until there is no room.
func sample(t *testing.T, documents func(yield func(text string) bool)) *paths.Sample {
	t.Helper()
	s := paths.NewSample()
	for text := range documents {
		more, err := s.Offer(t.Context(), []byte(text))
		if err != nil {
			t.Fatal(err)
		}
		if !more {
			break
		}
	}
	if err := s.Finish(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// named is an object with so many members of its own.
func named(prefix string, members int, value func(i int) string) string {
	var text strings.Builder
	for i := range members {
		fmt.Fprintf(&text, `"%s%d":%s,`, prefix, i, value(i))
	}
	return "{" + text.String() + `"score":1}`
}

func one(int) string { return "1" }

// TestHostileDocumentsHideNothing: neither the paths nor the values of usual documents that come after
// them, before them and among them, however the room is filled.
func TestHostileDocumentsHideNothing(t *testing.T) {
	const usual = 100
	array := func(members, first int) string {
		var text strings.Builder
		for i := range members {
			fmt.Fprintf(&text, "%d,", first+i)
		}
		return "[" + text.String() + "0]"
	}
	for _, tt := range []struct {
		name    string
		hostile func(i int) string
	}{
		{"a few hundred names each", func(i int) string { return named(fmt.Sprintf("a%d_", i), 990, one) }},
		{"a few hundred names each, twice", func(i int) string { return named(fmt.Sprintf("a%d_", i/2), 990, one) }},
		{"long names", func(i int) string { return named(strings.Repeat("n", 1000)+fmt.Sprint(i, "_"), 200, one) }},
		{"many names", func(i int) string { return named(fmt.Sprintf("a%d_", i), 5_000, one) }},
		{"nested names", func(i int) string { return fmt.Sprintf(`{"o%d":%s}`, i, named("m", 990, one)) }},
		{"many values at a few paths", func(i int) string {
			return named(fmt.Sprintf("x%d_", i/8), 4, func(k int) string { return array(9000/8, 100_000*k+2000*i) })
		}},
		{"long values", func(i int) string {
			return named("v", 200, func(k int) string { return fmt.Sprintf(`"%s%d"`, strings.Repeat("v", 1000), 1000*i+k) })
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			s := sample(t, func(yield func(string) bool) {
				for i := range 2 * usual {
					if !yield(tt.hostile(i)) || i >= usual && !yield(fmt.Sprintf(`{"zone":"z%d","result":{"time":%d}}`, i%3, i)) {
						return
					}
				}
			})
			for path, distinct := range map[string]int{"zone": 3, "result.time": usual} {
				found := find(t, s, path, 1)
				if len(found) != 1 || found[0].Documents != usual || found[0].Distinct != distinct {
					t.Errorf("%s: %+v, want it in %d documents with %d values", path, found, usual, distinct)
				}
			}
		})
	}
}

// TestSamplesAreBounded: work on documents of many values and bytes ends, what was left out is told, and the
// others are told.
func TestSamplesAreBounded(t *testing.T) {
	for name, text := range map[string]string{
		"many values": `{"x":[` + strings.Repeat(`{},`, 340_000) + `{}]}`,
		"long text":   `{"x":"` + strings.Repeat("x", 1<<20-10) + `"}`,
		"not JSON":    strings.Repeat("{", 1<<20),
		"small ones":  `{"x":[` + strings.Repeat(`{},`, 80_000) + `{}]}`,
	} {
		t.Run(name, func(t *testing.T) {
			offered := 0
			s := sample(t, func(yield func(string) bool) {
				if !yield(`{"usual":1}`) {
					return
				}
				for offered = range 10_000 {
					if !yield(text) {
						return
					}
				}
			})
			if !s.Skipped() || offered > 1500 || s.Documents() > 300 {
				t.Errorf("%d documents of %d were looked at, skipped %t", s.Documents(), offered, s.Skipped())
			}
			if len(find(t, s, "usual", 1)) != 1 {
				t.Error("the usual document is not told")
			}
		})
	}
	if s := sample(t, func(yield func(string) bool) { _ = yield(`{"a":1}`) && yield(`nothing`) }); s.Skipped() || s.Documents() != 1 {
		t.Errorf("%d documents, skipped %t", s.Documents(), s.Skipped())
	}
}

func TestSamplesEndWithTheirContext(t *testing.T) {
	ended, cancel := context.WithCancel(t.Context())
	s := paths.NewSample()
	if _, err := s.Offer(ended, []byte(named("a", 30_000, one))); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := s.Offer(ended, []byte(`{}`)); !errors.Is(err, context.Canceled) {
		t.Errorf("Offer: %v", err)
	}
	if err := s.Finish(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("Finish: %v", err)
	}
}
