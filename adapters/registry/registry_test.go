package registry

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/eosc-perf/backend/core/domain"
)

const (
	exists  = domain.Kind(0)
	missing = domain.Invalid
	away    = domain.Unavailable
)

// expect asks for an image, compares the kind of the answer, and returns what
// strangers are told.
func expect(t *testing.T, c *Client, image, tag string, want domain.Kind) (message string) {
	t.Helper()
	err := c.Exists(t.Context(), image, tag)
	if got := domain.KindOf(err); got != want || (err == nil) != (want == exists) {
		t.Errorf("%.100s:%.100s: got %v, want kind %d", image, tag, err, want)
	}
	e, ok := errors.AsType[*domain.Error](err)
	if !ok {
		return ""
	}
	if e.Kind == away && e.RetryAfter <= 0 {
		t.Errorf("%s:%s: nothing says when to try again", image, tag)
	}
	return e.Message
}

func TestImages(t *testing.T) {
	auth := localhost(serve(t, http.HandlerFunc(tokens)))
	realm := "http://" + auth + "/token"
	for kind, handler := range map[string]http.Handler{"open": stocked(t), "with tokens": withTokens(realm, stocked(t))} {
		t.Run(kind, func(t *testing.T) {
			host := serve(t, handler)
			c := New(Config{Registries: []string{host, auth}})
			expect(t, c, host+"/"+image, tag, exists)
			expect(t, c, host+"/"+image, "2.0", missing)
			expect(t, c, host+"/team/other", tag, missing)
		})
	}
}

// TestWhatAnswersMean: what the registry says to the question for the image, or
// for the token to ask it with, counts; before that nothing is about the image.
func TestWhatAnswersMean(t *testing.T) {
	status := func(code int) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(code) }
	}
	at := func(path string, handler http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, path) {
				handler(w, r)
				return
			}
			w.WriteHeader(http.StatusOK)
		}
	}
	answers := map[string]struct {
		handler http.HandlerFunc
		want    domain.Kind
	}{
		"no such registry":   {status(404), away},
		"nobody let in":      {status(403), away},
		"registry is broken": {status(500), away},
		"slow down":          {status(429), away},
		"ends in the middle": {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, away},
		"image, 200 alone":   {at("/manifests/", status(200)), away},
		"image, no manifest": {at("/manifests/", func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, "<html>") }), away},
		"image, 500":         {at("/manifests/", status(500)), away},
		"image, 429":         {at("/manifests/", status(429)), away},
		"image, 400":         {at("/manifests/", status(400)), missing},
		"image, 401":         {at("/manifests/", status(401)), missing},
		"image, 403":         {at("/manifests/", status(403)), missing},
		"image, 404":         {at("/manifests/", status(404)), missing},
	}
	for code, want := range map[int]domain.Kind{400: missing, 401: missing, 403: missing, 404: away, 429: away, 500: away, 200: away} {
		answers[fmt.Sprintf("token, %d", code)] = struct {
			handler http.HandlerFunc
			want    domain.Kind
		}{func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Path == "/token" {
				w.WriteHeader(code)
				return
			}
			withTokens("http://"+r.Host+"/token", http.NotFoundHandler())(w, r)
		}, want}
	}
	for name, tt := range answers {
		t.Run(name, func(t *testing.T) {
			host := serve(t, tt.handler)
			message := expect(t, New(Config{Registries: []string{host}}), host+"/"+image, tag, tt.want)
			if tt.want == away && strings.Contains(message, host) {
				t.Errorf("the message tells what happened inside: %q", message)
			}
		})
	}
}

// TestNowhereElse: whatever a registry says, other hosts see not even a connection.
func TestNowhereElse(t *testing.T) {
	f := forbiddenAddress(t)
	for _, target := range []string{
		"http://" + f.address, "https://" + f.address, "http://" + localhost(f.address), "https://" + localhost(f.address),
		"http://allowed@" + f.address, "http://169.254.169.254/latest", "//" + f.address, "file:///etc/passwd",
	} {
		redirect := http.RedirectHandler(target+"/v2/x", http.StatusTemporaryRedirect)
		for what, handler := range map[string]http.HandlerFunc{
			"first answer": redirect.ServeHTTP,
			"image": func(w http.ResponseWriter, r *http.Request) {
				if strings.Contains(r.URL.Path, "/manifests/") {
					redirect.ServeHTTP(w, r)
				}
			},
			"realm": withTokens(target+"/token", nil),
			"token": func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/token" {
					redirect.ServeHTTP(w, r)
					return
				}
				withTokens("http://"+r.Host+"/token", nil)(w, r)
			},
			"other registry's realm": func(w http.ResponseWriter, r *http.Request) {
				if strings.HasPrefix(r.Host, "localhost") {
					withTokens(target+"/token", nil)(w, r)
					return
				}
				http.Redirect(w, r, "http://"+localhost(r.Host)+r.URL.Path, http.StatusTemporaryRedirect)
			},
		} {
			host := serve(t, handler)
			c := New(Config{Registries: []string{host, localhost(host)}})
			if err := c.Exists(t.Context(), host+"/"+image, tag); domain.KindOf(err) != domain.Invalid {
				t.Errorf("%s leads to %s: %v, want the image refused for good", what, target, err)
			}
		}
	}
	host := serve(t, http.RedirectHandler("http://"+f.address+"/", http.StatusFound))
	message := expect(t, New(Config{Registries: []string{host}}), host+"/"+image, tag, missing)
	if strings.Contains(message, f.address) {
		t.Errorf("%q tells where it would have gone", message)
	}
	if n := f.connections.Load(); n != 0 {
		t.Errorf("the forbidden address saw %d connections", n)
	}
}

func TestRedirectsEnd(t *testing.T) {
	var requests atomic.Int32
	host := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		if strings.Contains(r.URL.Path, "/manifests/") {
			http.Redirect(w, r, r.URL.Path, http.StatusFound)
		}
	}))
	expect(t, New(Config{Registries: []string{host}}), host+"/"+image, tag, away)
	if n := requests.Load(); n > 20 {
		t.Errorf("the registry was asked %d times", n)
	}
}

func TestRedirectsWithinTheList(t *testing.T) {
	host := serve(t, stocked(t))
	other := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, "http://"+host+r.URL.Path, http.StatusTemporaryRedirect)
	}))
	expect(t, New(Config{Registries: []string{other, host}}), other+"/"+image, tag, exists)
}

// TestSlowOnes: the answer comes within the time whatever the registry does with it.
func TestSlowOnes(t *testing.T) {
	const limit = 200 * time.Millisecond
	wait := func(r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-time.After(5 * time.Minute): // longer than a test waits
		}
	}
	mute := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { wait(r) })
	silent := forbiddenToSpeak(t)
	muteTokens := localhost(serve(t, mute))
	for name, host := range map[string]string{
		"says nothing":    serve(t, mute),
		"not even by TLS": silent,
		"ends no body": serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.(http.Flusher).Flush()
			wait(r)
		})),
		"drips": serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = w.Write([]byte(" "))
				w.(http.Flusher).Flush()
				time.Sleep(10 * time.Millisecond)
			}
		})),
		"floods": serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			for block := make([]byte, 1<<16); r.Context().Err() == nil; {
				_, _ = w.Write(block)
			}
		})),
		"slow tokens": serve(t, withTokens("http://"+muteTokens+"/token", nil)),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			expect(t, New(Config{Registries: []string{host, muteTokens}, Timeout: limit}), host+"/"+image, tag, away)
		})
	}
}

// forbiddenToSpeak accepts connections and says nothing.
func forbiddenToSpeak(t *testing.T) string {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	return listener.Addr().String()
}

func TestDeadRegistry(t *testing.T) {
	server := httptest.NewServer(nil)
	host := server.Listener.Addr().String()
	server.Close()
	expect(t, New(Config{Registries: []string{host}}), host+"/"+image, tag, away)
}

// TestHugeAnswers: bodies and headers are read to a bound only.
func TestHugeAnswers(t *testing.T) {
	block := strings.Repeat("x", 1<<16)
	host := serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.Contains(r.URL.Path, "/manifests/") {
			w.Header().Set("X-Huge", strings.Repeat(block, 4))
			return
		}
		for range 2 * maxBody / len(block) {
			_, _ = w.Write([]byte(block))
		}
	}))
	guard := newGuard([]string{host}, newTransport())
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+host+"/v2/", nil)
	if err != nil {
		t.Fatal(err)
	}
	response, err := guard.RoundTrip(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	read := 0
	for buffer := make([]byte, 1<<15); ; {
		n, err := response.Body.Read(buffer)
		read += n
		if err != nil {
			break
		}
	}
	if read != maxBody {
		t.Errorf("read %d bytes, want %d", read, maxBody)
	}
	expect(t, New(Config{Registries: []string{host}}), host+"/"+image, tag, away)
}

func TestWhoGivesUpIsNotKept(t *testing.T) {
	host := forbiddenToSpeak(t)
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	start := time.Now()
	const timeout = 10 * time.Minute
	if err := New(Config{Registries: []string{host}, Timeout: timeout}).Exists(ctx, host+"/"+image, tag); err == nil {
		t.Error("the image is taken for existing")
	}
	if took := time.Since(start); took > timeout/2 {
		t.Errorf("it took %v", took)
	}
}

// recorder is a transport that notes what it was asked for and is always down.
type recorder struct {
	mutex sync.Mutex
	urls  []string
}

func (r *recorder) RoundTrip(request *http.Request) (*http.Response, error) {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.urls = append(r.urls, request.URL.String())
	return nil, errors.New("down")
}

// TestPlainHTTPIsForLoopback: the library tries it on private addresses too.
func TestPlainHTTPIsForLoopback(t *testing.T) {
	for registry, want := range map[string][]string{
		"quay.io": {"https://quay.io/v2/"}, "10.0.0.5:5000": {"https://10.0.0.5:5000/v2/"},
		"x.localhost:5000": {"https://x.localhost:5000/v2/"},
		"127.0.0.1:5000":   {"http://127.0.0.1:5000/v2/", "https://127.0.0.1:5000/v2/"},
	} {
		r := &recorder{}
		c := newClient(Config{Registries: []string{registry}}, r)
		expect(t, c, registry+"/"+image, tag, away)
		slices.Sort(r.urls)
		if !slices.Equal(r.urls, want) {
			t.Errorf("%s: asked %q, want %q", registry, r.urls, want)
		}
	}
}
