package plural_test

import (
	"testing"

	"github.com/eosc-perf/backend/core/plural"
)

func TestCountsAgreeWithTheirNouns(t *testing.T) {
	for n, want := range map[int]string{0: "0 entries are", 1: "1 entry is", 2: "2 entries are", 1000: "1000 entries are"} {
		if got := plural.Count(n, "entry", "entries") + " " + plural.Of(n, "is", "are"); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
}
