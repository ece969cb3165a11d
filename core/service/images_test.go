package service_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
)

// looksUp lets the look-ups that are due run. It ends when nothing is due any more.
func (w *world) looksUp(images *service.Images) {
	w.t.Helper()
	ctx, cancel := context.WithCancel(w.t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		images.Run(ctx, func(err error) { w.t.Errorf("look an image up: %v", err) })
	}()
	for patience := time.Now().Add(10 * time.Second); !images.Idle(); time.Sleep(time.Millisecond) {
		if time.Now().After(patience) {
			w.t.Fatal("the look-ups do not end")
		}
	}
	cancel()
	<-done
}

// TestImagesAreLookedUpAtMostHourly: an upload never waits for the registry. Each result keeps
// the digest that was known when it was uploaded.
func TestImagesAreLookedUpAtMostHourly(t *testing.T) {
	w := newWorld(t)
	alice := w.person("alice")
	p := w.place(alice, "image", "site", "flavor")
	// Another server on the same database.
	second := service.New(w.dependencies())
	n := 0
	upload := func(results *service.Results) string {
		t.Helper()
		n++
		value, err := document.Parse(t.Context(), fmt.Appendf(nil, `{"n":%d}`, n), document.StoredLimits)
		if err != nil {
			t.Fatal(err)
		}
		uploaded, err := results.Create(t.Context(), alice, service.NewResult{
			ExecutedAt:  service.ExecutionTime{Time: w.now.Add(-time.Hour), HasZone: true},
			BenchmarkID: p.benchmark.ID, FlavorID: p.flavor.ID, Document: value,
		})
		if err != nil {
			t.Fatal(err)
		}
		record, err := results.Get(t.Context(), domain.Caller{}, uploaded.ID)
		if err != nil {
			t.Fatal(err)
		}
		return record.ImageDigest
	}
	for i, c := range []struct {
		name    string
		after   time.Duration
		digest  string
		err     error
		uploads int
		// want is the digest of the first of these uploads, and asked how often the registry
		// was asked so far.
		want  string
		asked int
	}{
		{"never looked up", 0, "sha256:1", nil, 3, "", 1},
		{"within the hour", 59 * time.Minute, "sha256:2", nil, 2, "sha256:1", 1},
		{"after an hour", 2 * time.Minute, "sha256:2", nil, 2, "sha256:1", 2},
		{"looked up", time.Minute, "sha256:3", nil, 1, "sha256:2", 2},
		{"the registry is away", 61 * time.Minute, "", errors.New("away"), 2, "sha256:2", 3},
		{"and is not asked again at once", time.Minute, "sha256:3", nil, 1, "sha256:2", 3},
		{"the image is gone", 61 * time.Minute, "", nil, 1, "sha256:2", 4},
		{"it is back", 61 * time.Minute, "sha256:4", nil, 1, "sha256:2", 5},
		{"and known", time.Minute, "sha256:5", nil, 1, "sha256:4", 5},
	} {
		w.now = w.now.Add(c.after)
		w.imageDigest, w.imageError = c.digest, c.err
		for k := range c.uploads {
			if got := upload(w.Results); k == 0 && got != c.want {
				t.Errorf("%d, %s: the result has the digest %q, want %q", i, c.name, got, c.want)
			}
			upload(second.Results)
		}
		w.looksUp(w.Images)
		w.looksUp(second.Images)
		if len(w.images) != c.asked {
			t.Errorf("%d, %s: the registry was asked for %v, want %d times", i, c.name, w.images, c.asked)
		}
	}
}

// TestUploadsDoNotWaitForImages: also when nothing looks images up, and more benchmarks are due
// than the queue has places for.
func TestUploadsDoNotWaitForImages(t *testing.T) {
	w := newWorld(t)
	for range 300 {
		w.Images.Refresh(&domain.Benchmark{ID: uuid.New()})
	}
	if len(w.images) > 0 {
		t.Errorf("the registry was asked by a request: %v", w.images)
	}
}
