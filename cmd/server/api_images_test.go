package main

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
)

// TestImagesAreLookedUp: a benchmark's image must exist when it is submitted, and
// when an administrator changes it, and then only. The demo's need not.
func TestImagesAreLookedUp(t *testing.T) {
	var down atomic.Bool
	shelf := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	images := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if down.Load() {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		shelf.ServeHTTP(w, r)
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
	s := start(t, map[string]string{"DATA_DIR": t.TempDir(), "IMAGE_CHECK": "on", "IMAGE_REGISTRIES": host, "DEMO": "true"})
	body := func(image, tag, more string) string {
		return fmt.Sprintf(`{"docker_image":%q,"docker_tag":%q,"url":"u","json_schema":{}%s}`, image, tag, more)
	}
	wantReason := func(a answer, reason string) {
		t.Helper()
		text, _ := a.want(t, 422).object(t)["errors"].(map[string]any)["error"].(string)
		if !strings.HasPrefix(text, "Could not validate container image: ") || !strings.Contains(text, reason) {
			t.Errorf("%s\nwant the reason %q", a, reason)
		}
	}
	wantAway := func(a answer) {
		t.Helper()
		if a.want(t, 503).header.Get("Retry-After") == "" || strings.Contains(a.body, host) {
			t.Errorf("%s\nwant Retry-After, and nothing of the inside", a)
		}
	}
	image := host + "/team/c-ray"
	id := s.post("alice", "/benchmarks", body(image, "1", "")).want(t, 201).id(t)
	put := func(body string) answer {
		return s.do(call{method: http.MethodPut, path: "/benchmarks/" + id, as: "admin", body: body})
	}

	wantReason(s.post("alice", "/benchmarks", body(image, "2", "")), "no image of that name and tag")
	wantReason(put(body(image, "2", "")), "no image of that name and tag")
	for _, elsewhere := range []string{"busybox", "evil.example/x", "169.254.169.254/x", "localhost:1/x", "Team/C-Ray"} {
		wantReason(s.post("alice", "/benchmarks", body(elsewhere, "1", "")), host)
	}

	down.Store(true)
	wantAway(s.post("alice", "/benchmarks", body(image, "2", "")))
	wantAway(put(body(image, "2", "")))
	put(body(image, "1", `,"description":"the registry is not needed"`)).want(t, 204)
	if log := s.logs.tail(1 << 20); !strings.Contains(log, "container images of benchmarks are looked up") {
		t.Errorf("the log does not say that images are looked up:\n%s", log)
	}
}

// TestImagesAreNotLookedUpInDevelopment: and the log says so.
func TestImagesAreNotLookedUpInDevelopment(t *testing.T) {
	s := start(t, map[string]string{"DATA_DIR": t.TempDir()})
	s.post("alice", "/benchmarks", `{"docker_image":"evil.example/x","docker_tag":"1","url":"u","json_schema":{}}`).want(t, 201)
	if log := s.logs.tail(1 << 20); !strings.Contains(log, "the look-up of container images is off") {
		t.Errorf("the log does not say that images are not looked up:\n%s", log)
	}
}
