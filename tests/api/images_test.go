package api_test

import (
	"fmt"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/remote"

	"github.com/eosc-perf/backend/tests/harness"
)

// TestImagesAreLookedUpAtSubmissionAndChange: a benchmark's image must exist when it is submitted, and
// when an administrator changes it, and then only. The demo's need not.
func TestImagesAreLookedUpAtSubmissionAndChange(t *testing.T) {
	var down atomic.Bool
	handler := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	images := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if down.Load() {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		handler.ServeHTTP(w, r)
	}))
	t.Cleanup(images.Close)
	host := images.Listener.Addr().String()
	reference, err := name.NewTag(host + "/team/c-ray:1")
	if err == nil {
		err = remote.Write(reference, empty.Image)
	}
	if err != nil {
		t.Fatal(err)
	}
	s := harness.Start(t, harness.SQLite(t).With(harness.Settings{"IMAGE_CHECK": "on", "IMAGE_REGISTRIES": host, "DEMO": "true"}))
	body := func(image, tag, more string) string {
		return fmt.Sprintf(`{"docker_image":%q,"docker_tag":%q,"url":"https://example.org","json_schema":{}%s}`, image, tag, more)
	}
	wantReason := func(a harness.Answer, reason string) {
		t.Helper()
		text, _ := a.Want(t, 422).Object(t)["errors"].(map[string]any)["error"].(string)
		if !strings.HasPrefix(text, "Could not validate container image: ") || !strings.Contains(text, reason) {
			t.Errorf("%s\nwant the reason %q", a, reason)
		}
	}
	wantAway := func(a harness.Answer) {
		t.Helper()
		if a.Want(t, 503).Header.Get("Retry-After") == "" || strings.Contains(a.Body, host) {
			t.Errorf("%s\nwant Retry-After, and nothing of the inside", a)
		}
	}
	image := host + "/team/c-ray"
	id := s.Post("alice", "/benchmarks", body(image, "1", "")).Want(t, 201).ID(t)
	put := func(body string) harness.Answer {
		return s.Do(harness.Call{Method: http.MethodPut, Path: "/benchmarks/" + id, As: "admin", Body: body})
	}

	wantReason(s.Post("alice", "/benchmarks", body(image, "2", "")), "no image of that name and tag")
	wantReason(put(body(image, "2", "")), "no image of that name and tag")
	for _, elsewhere := range []string{"busybox", "evil.example/x", "169.254.169.254/x", "localhost:1/x", "Team/C-Ray"} {
		wantReason(s.Post("alice", "/benchmarks", body(elsewhere, "1", "")), host)
	}

	down.Store(true)
	wantAway(s.Post("alice", "/benchmarks", body(image, "2", "")))
	wantAway(put(body(image, "2", "")))
	put(body(image, "1", `,"description":"the registry is not needed"`)).Want(t, 204)
	if log := s.Logs.String(); !strings.Contains(log, "container images of benchmarks are looked up") {
		t.Errorf("the log does not say that images are looked up:\n%s", log)
	}
}

// TestImagesAreNotLookedUpInDevelopment: and the log says so.
func TestImagesAreNotLookedUpInDevelopment(t *testing.T) {
	s := harness.Start(t, harness.SQLite(t))
	const body = `{"docker_image":"evil.example/x","docker_tag":"1","url":"https://example.org","json_schema":{}}`
	s.Post("alice", "/benchmarks", body).Want(t, 201)
	if log := s.Logs.String(); !strings.Contains(log, "the look-up of container images is off") {
		t.Errorf("the log does not say that images are not looked up:\n%s", log)
	}
}
