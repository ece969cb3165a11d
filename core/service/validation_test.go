package service_test

import (
	"context"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
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

// measuring is a storage that counts how often all values of a metric are read.
type measuring struct {
	ports.Storage

	measured *int
}

// Repos implements ports.Storage.
func (m measuring) Repos() ports.Repos {
	r := m.Storage.Repos()
	r.Measurements = measuredRepo{r.Measurements, m.measured}
	return r
}

type measuredRepo struct {
	ports.Measurements

	measured *int
}

// Measure implements ports.Measurements.
func (m measuredRepo) Measure(ctx context.Context, q ports.MeasurementQuery) (domain.Measurements, error) {
	*m.measured++
	return m.Measurements.Measure(ctx, q)
}

// Whoever checks a campaign compares each document with the same results: their values are read once.
func TestValidationsReadTheValuesOfTheSameResultsOnce(t *testing.T) {
	w := newWorld(t)
	measured := 0
	w.now = noon
	needs := w.dependencies()
	needs.Storage = measuring{w.storage, &measured}
	w.Services = service.New(needs)
	user := w.person("alice")
	p := w.placeOf(user, "image", "site", "flavor", []byte(`{"properties":{"number":{"type":"number","metric":{"better":"lower"}}}}`))
	isFar := func(number int) bool {
		t.Helper()
		found, err := w.Results.Validate(t.Context(), domain.Caller{}, service.Draft{
			BenchmarkID: p.benchmark.ID, Document: upload(number, p).Document,
		})
		if err != nil {
			t.Fatal(err)
		}
		return slices.ContainsFunc(found.Warnings, func(w service.ValidationWarning) bool { return w.Code == "far_from_others" })
	}
	for _, want := range []struct {
		uploads, measured int
		isFar             bool
	}{{0, 1, false}, {8, 2, true}, {1, 3, true}} {
		for range want.uploads {
			if _, err := w.Results.Create(t.Context(), user, upload(100+w.now.Second(), p)); err != nil {
				t.Fatal(err)
			}
			w.now = w.now.Add(time.Second)
		}
		for range 3 {
			if got := isFar(90_000); got != want.isFar {
				t.Errorf("after %d uploads the value is far: %v, want %v", want.uploads, got, want.isFar)
			}
		}
		if measured != want.measured {
			t.Errorf("after %d uploads the values were read %d times, want %d", want.uploads, measured, want.measured)
		}
	}
}
