package service_test

import (
	"strings"
	"testing"
	"time"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
)

// page is the URL of benchmarks.
const page = "https://example.org"

func TestCreateBenchmarkAsksValidatorThenRegistry(t *testing.T) {
	w := newWorld(t)
	alice := w.person("alice")
	w.schemaError = domain.InvalidAt("/type", "bad schema")
	w.imageError = domain.Invalidf("no such image")
	for _, step := range []struct {
		want string
		kind domain.Kind
		mend func()
	}{
		{"bad schema", domain.Invalid, func() { w.schemaError = nil }},
		{"Could not validate container image: no such image", domain.Invalid, func() {
			w.imageError = domain.UnavailableFor(time.Second, "the registry is away", nil)
		}},
		{"the registry is away", domain.Unavailable, func() { w.imageError = nil }},
	} {
		_, err := w.Benchmarks.Create(t.Context(), alice, service.NewBenchmark{DockerImage: "i", DockerTag: "t", URL: page})
		if !isError(err, step.kind, step.want) {
			t.Fatalf("got %v, want %q", err, step.want)
		}
		step.mend()
	}
	if w.submits() != 0 || len(w.mails) != 0 {
		t.Error("a refused benchmark left a report or a mail")
	}
	if _, err := w.Benchmarks.Create(t.Context(), alice, service.NewBenchmark{DockerImage: "i", DockerTag: "t", URL: page}); err != nil {
		t.Errorf("with an image that exists: %v", err)
	}
}

func TestUpdateBenchmarkAsksRegistryOnlyForAnotherImage(t *testing.T) {
	w := newWorld(t)
	id := w.place(w.person("alice"), "image", "site", "flavor").benchmark.ID
	w.imageError = domain.Invalidf("no such image")
	changed := "changed"
	for _, tt := range []struct {
		in   service.NewBenchmark
		want string
	}{
		{service.NewBenchmark{DockerImage: "image", DockerTag: "1", URL: page, Description: &changed}, ""},
		{service.NewBenchmark{DockerImage: "other", DockerTag: "1", URL: page}, "other:1"},
		{service.NewBenchmark{DockerImage: "image", DockerTag: "2", URL: page}, "image:2"},
	} {
		w.images = nil
		err := w.Benchmarks.Update(t.Context(), domain.Operator(), id, tt.in)
		if asked := strings.Join(w.images, " "); asked != tt.want || (err == nil) != (tt.want == "") {
			t.Errorf("%+v: %v after the registry was asked for %q, want %q", tt.in, err, asked, tt.want)
		}
		if err != nil && !isError(err, domain.Invalid, "Could not validate container image: no such image") {
			t.Errorf("%+v: %v", tt.in, err)
		}
	}
	w.imageError = nil
	other := service.NewBenchmark{DockerImage: "other", DockerTag: "1", URL: page}
	if err := w.Benchmarks.Update(t.Context(), domain.Operator(), id, other); err != nil {
		t.Errorf("to an image that exists: %v", err)
	}
	if got, err := w.Benchmarks.Get(t.Context(), domain.Caller{}, id); err != nil || got.DockerImage != "other" {
		t.Errorf("changed to another image: %+v, %v", got, err)
	}
}
