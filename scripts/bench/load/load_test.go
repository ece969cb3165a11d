package load

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// serve counts the requests, and answers every seventh with a 500 if told so.
func serve(t *testing.T, failing bool) (address string, seen *atomic.Int64) {
	t.Helper()
	seen = &atomic.Int64{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := seen.Add(1)
		body, _ := io.ReadAll(r.Body)
		switch {
		case failing && n%7 == 0:
			http.Error(w, "broken", http.StatusInternalServerError)
		case n%3 == 0: // in chunks, so without a length
			_, _ = io.WriteString(w, r.Header.Get("Authorization"))
			w.(http.Flusher).Flush()
			_, _ = w.Write(body)
		default:
			_, _ = io.WriteString(w, r.Header.Get("Authorization")+string(body))
		}
	}))
	t.Cleanup(server.Close)
	return strings.TrimPrefix(server.URL, "http://"), seen
}

func echo(*rand.Rand) Request {
	return Request{
		Method: "POST", Target: "/x?y=%20", Token: "t", Body: []byte("{}"), Status: 200,
		Check: func(body []byte) error {
			if string(body) != "Bearer t{}" {
				return errors.New("answered " + string(body))
			}
			return nil
		},
	}
}

func TestBooksAreComplete(t *testing.T) {
	address, seen := serve(t, false)
	books, err := Run(t.Context(), Options{Address: address, Connections: 4, Duration: time.Minute, Most: 500, SampleEvery: 1}, echo)
	if err != nil || len(books.Failures) > 0 {
		t.Fatal(err, books.Failures)
	}
	if seen.Load() != 500 || books.Requests != 500 || books.Checked != 500 || len(books.Latencies) != 500 || books.Bytes != 5000 {
		t.Errorf("the server saw %d; books: %d requests, %d checked, %d latencies, %d bytes",
			seen.Load(), books.Requests, books.Checked, len(books.Latencies), books.Bytes)
	}
	if !slices.IsSorted(books.Latencies) {
		t.Error("latencies are not in order")
	}
}

func TestWrongAnswersAreNoticed(t *testing.T) {
	address, _ := serve(t, true)
	books, err := Run(t.Context(), Options{Address: address, Connections: 1, Duration: time.Minute, Most: 70, SampleEvery: 10}, echo)
	if err != nil {
		t.Fatal(err)
	}
	if len(books.Failures) != 10 || !strings.Contains(books.Failures[0], "status 500, want 200: broken") || len(books.Latencies) != 60 {
		t.Errorf("%d right, failures %q", len(books.Latencies), books.Failures)
	}
	wrong := func(random *rand.Rand) Request {
		request := echo(random)
		request.Token = "other"
		return request
	}
	address, _ = serve(t, false)
	books, _ = Run(t.Context(), Options{Address: address, Connections: 1, Duration: time.Minute, Most: 30, SampleEvery: 10}, wrong)
	if books.Checked != 3 || len(books.Failures) != 3 {
		t.Errorf("%d checked, failures %q", books.Checked, books.Failures)
	}
}

func TestRefusalsAreNoFailuresWhereTheyMayBe(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	defer server.Close()
	for _, may := range []bool{true, false} {
		options := Options{
			Address: strings.TrimPrefix(server.URL, "http://"), Connections: 1, Duration: time.Minute, Most: 5, SampleEvery: 1,
		}
		books, err := Run(t.Context(), options, func(*rand.Rand) Request {
			return Request{Method: "GET", Target: "/", Status: 200, MayBeRefused: may}
		})
		if failed := len(books.Failures) > 0; err != nil || failed == may {
			t.Errorf("may be refused: %t: %d requests, failures %q, %v", may, books.Requests, books.Failures, err)
		}
	}
}

func TestRequestsComeFromTheirAddresses(t *testing.T) {
	var mutex sync.Mutex
	seen := map[string]bool{}
	server := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		mutex.Lock()
		defer mutex.Unlock()
		host, _, _ := net.SplitHostPort(r.RemoteAddr)
		seen[host] = true
	}))
	t.Cleanup(server.Close)
	for _, c := range []struct {
		options Options
		want    string
	}{
		{Options{From: "127.0.0.2", Connections: 2}, "[127.0.0.2]"},
		{Options{Apart: true, Connections: 3}, "[127.0.1.1 127.0.1.2 127.0.1.3]"},
	} {
		clear(seen)
		c.options.Address, c.options.Duration = strings.TrimPrefix(server.URL, "http://"), 200*time.Millisecond
		c.options.Most, c.options.SampleEvery = 1_000_000, 1
		books, err := Run(t.Context(), c.options, func(*rand.Rand) Request { return Request{Method: "GET", Target: "/", Status: 200} })
		if got := fmt.Sprint(slices.Sorted(maps.Keys(seen))); err != nil || len(books.Failures) > 0 || got != c.want {
			t.Errorf("requests came from %s, want %s: %v, %v", got, c.want, err, books.Failures)
		}
	}
}

func TestRunEnds(t *testing.T) {
	address, _ := serve(t, false)
	options := Options{Address: address, Connections: 2, Duration: time.Second, Most: 1 << 40, SampleEvery: 10}
	books, err := Run(t.Context(), options, echo)
	if err != nil || books.Requests == 0 {
		t.Errorf("%d requests, %v", books.Requests, err)
	}
	// Nobody listens there any more: no endless attempts.
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	books, err = Run(t.Context(), Options{
		Address: strings.TrimPrefix(server.URL, "http://"), Connections: 1, Duration: time.Minute, Most: 1 << 40, SampleEvery: 10,
	}, echo)
	if err != nil || len(books.Failures) != mostFailures {
		t.Errorf("%d failures, %v", len(books.Failures), err)
	}
}

func TestOnlyLoopback(t *testing.T) {
	for _, address := range []string{"192.0.2.1:80", "example.org:80", "0.0.0.0:80", ""} {
		options := Options{Address: address, Connections: 1, Duration: time.Second, Most: 1, SampleEvery: 1}
		if _, err := Run(context.Background(), options, echo); err == nil {
			t.Errorf("load on %q", address)
		}
		if _, err := Once(context.Background(), address, Request{}); err == nil {
			t.Errorf("a request to %q", address)
		}
	}
}

func TestQuantile(t *testing.T) {
	var books Books
	if got := books.Quantile(0.5); got != 0 {
		t.Errorf("of nothing: %v", got)
	}
	for i := range 100 {
		books.Latencies = append(books.Latencies, time.Duration(i+1))
	}
	for share, want := range map[float64]time.Duration{0: 1, 0.5: 50, 0.95: 95, 0.99: 99, 1: 100} {
		if got := books.Quantile(share); got != want {
			t.Errorf("quantile %v: %v, want %v", share, got, want)
		}
	}
}

func TestRequestsAreSentAtTheirRate(t *testing.T) {
	address, seen := serve(t, false)
	books, err := Run(t.Context(), Options{
		Address: address, Connections: 4, Duration: 500 * time.Millisecond, Most: 1000, SampleEvery: 1, Rate: 100,
	}, echo)
	if err != nil {
		t.Fatal(err)
	}
	// A busy machine sends fewer, and never more.
	most := int(100*books.Elapsed.Seconds()) + 1
	if n := int(seen.Load()); n == 0 || n > most || books.Requests != n {
		t.Errorf("%d requests were sent and %d counted in %s at 100 a second", n, books.Requests, books.Elapsed)
	}
}
