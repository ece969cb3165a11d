package service_test

import (
	"runtime"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
)

// TestNumbersAsTextsAreCountedCheaply: the places of all of them would be gigabytes.
func TestNumbersAsTextsAreCountedCheaply(t *testing.T) {
	w := newWorld(t)
	p := w.place(w.person("alice"), "image", "site", "flavor")
	const count = 50_000
	deep := strings.Repeat(`{"`+strings.Repeat("~n", 5000)+`":`, 30)
	text := deep + `["1"` + strings.Repeat(`,"1"`, count-1) + `]` + strings.Repeat("}", 30)
	value, err := document.Parse(t.Context(), []byte(text), document.StoredLimits)
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	found, err := w.Results.Validate(t.Context(), domain.Caller{}, service.Draft{BenchmarkID: p.benchmark.ID, Document: value})
	runtime.ReadMemStats(&after)
	if err != nil || len(found.Warnings) != 1 || found.Warnings[0].Code != "number_as_text" {
		t.Fatalf("%.200v, %v", found, err)
	}
	if took := (after.TotalAlloc - before.TotalAlloc) >> 20; took > 100 {
		t.Errorf("the validation took %d MiB of memory", took)
	}
	message := found.Warnings[0].Message
	if !strings.HasSuffix(message, "... and 49980 more.") || !strings.Contains(message, "/~0n~0n") || len(message) > 5000 {
		t.Errorf("the warning is %.300q", message)
	}
}

func TestPlacesOfNumbersAsTexts(t *testing.T) {
	w := newWorld(t)
	p := w.place(w.person("alice"), "image", "site", "flavor")
	for text, want := range map[string]string{
		`{"a":"1"}`:               ": /a.",
		`{"a/b":{"~":["x","2"]}}`: ": /a~1b/~0/1.",
		`{"a":"1","b":["1e3","-0.5"],"c":1,"d":"0x1"}`: ": /a, /b/0, /b/1.",
		`{"a":1}`: "",
	} {
		value, err := document.Parse(t.Context(), []byte(text), document.StoredLimits)
		if err != nil {
			t.Fatal(err)
		}
		found, err := w.Results.Validate(t.Context(), domain.Caller{}, service.Draft{BenchmarkID: p.benchmark.ID, Document: value})
		if err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, warning := range found.Warnings {
			got += warning.Message
		}
		if !strings.HasSuffix(got, want) || (want == "") != (got == "") {
			t.Errorf("%s: %q, want %q at its end", text, got, want)
		}
	}
}
