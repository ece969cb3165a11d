package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"
)

// answerTimeout is how long a client waits for an answer.
const answerTimeout = 40 * time.Second

// client sends requests from one address of the loopback network.
type client struct {
	base  string
	http  *http.Client
	token string
}

// client returns a client at the address.
func (s *server) client(from string) *client { return newClient(s.address, from) }

// newClient returns a client of a server at the address from.
func newClient(server, from string) *client {
	dialer := &net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(from)}, Timeout: answerTimeout}
	return &client{base: "http://" + server, http: &http.Client{
		Timeout:   answerTimeout,
		Transport: &http.Transport{DialContext: dialer.DialContext, MaxIdleConnsPerHost: 1024, DisableCompression: true},
	}}
}

// as returns the client with a token of a development account.
func (c *client) as(ctx context.Context, account string) (*client, error) {
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {account}, "client_secret": {"development-secret"}}
	a := c.send(ctx, http.MethodPost, "/dev/oidc/oauth/token", "application/x-www-form-urlencoded", form.Encode())
	var token struct {
		AccessToken string `json:"access_token"`
	}
	if err := json.Unmarshal(a.body, &token); err != nil || token.AccessToken == "" {
		return nil, fmt.Errorf("no token for %s: %d %s", account, a.status, a.body)
	}
	return &client{base: c.base, http: c.http, token: token.AccessToken}, nil
}

// answer is an answer, with status 0 if there was none.
type answer struct {
	status int
	body   []byte
	took   time.Duration
	header http.Header
}

// firstID is the id at the beginning of an answer, which may be longer than what is kept of it.
var firstID = regexp.MustCompile(`^\{"id":"([^"]+)"`)

// id is the id of what was created, "" for none.
func (a answer) id() string {
	if found := firstID.FindSubmatch(a.body); found != nil {
		return string(found[1])
	}
	return ""
}

func (c *client) get(ctx context.Context, target string) answer {
	return c.send(ctx, http.MethodGet, target, "", "")
}

func (c *client) post(ctx context.Context, target, body string) answer {
	return c.send(ctx, http.MethodPost, target, "application/json", body)
}

// keptBody is how much of a body is kept; the rest is read and forgotten.
const keptBody = 1 << 16

func (c *client) send(ctx context.Context, method, target, contentType, body string) answer {
	request, err := http.NewRequestWithContext(ctx, method, c.base+target, bytes.NewReader([]byte(body)))
	if err != nil {
		return answer{}
	}
	if contentType != "" {
		request.Header.Set("Content-Type", contentType)
	}
	if c.token != "" {
		request.Header.Set("Authorization", "Bearer "+c.token)
	}
	begun := time.Now()
	response, err := c.http.Do(request)
	if err != nil {
		return answer{took: time.Since(begun)}
	}
	defer func() { _ = response.Body.Close() }()
	kept, err := io.ReadAll(io.LimitReader(response.Body, keptBody))
	if err == nil {
		_, err = io.Copy(io.Discard, response.Body)
	}
	if err != nil {
		return answer{took: time.Since(begun)}
	}
	return answer{response.StatusCode, kept, time.Since(begun), response.Header}
}

// probe is a request that a usual client sends again and again.
type probe struct {
	name string
	send func(ctx context.Context) answer
	want int
}

// times are the times of a probe.
type times struct {
	good  []time.Duration
	asked int
}

// p95 is the time that 95 of 100 good answers took at most.
func (t times) p95() time.Duration {
	if len(t.good) == 0 {
		return 0
	}
	slices.Sort(t.good)
	return t.good[len(t.good)*95/100]
}

// measure sends each probe again and again for the time, with pauses.
func measure(ctx context.Context, probes []probe, duration time.Duration) map[string]times {
	const pause = 30 * time.Millisecond
	var mutex sync.Mutex
	var all sync.WaitGroup
	measured := map[string]times{}
	deadline := time.Now().Add(duration)
	for _, p := range probes {
		all.Go(func() {
			var t times
			for time.Now().Before(deadline) && ctx.Err() == nil {
				a := p.send(ctx)
				t.asked++
				if a.status == p.want {
					t.good = append(t.good, a.took)
				}
				time.Sleep(pause)
			}
			mutex.Lock()
			defer mutex.Unlock()
			measured[p.name] = t
		})
	}
	all.Wait()
	return measured
}

// statuses counts statuses, 0 for no answer.
type statuses struct {
	mutex  sync.Mutex
	counts map[int]int
}

func (s *statuses) add(status int) {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.counts == nil {
		s.counts = map[int]int{}
	}
	s.counts[status]++
}

func (s *statuses) String() string {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	var parts []string
	for status, count := range s.counts {
		name := fmt.Sprint(status)
		if status == 0 {
			name = "no answer"
		}
		parts = append(parts, fmt.Sprintf("%d x %s", count, name))
	}
	slices.Sort(parts)
	return strings.Join(parts, ", ")
}

// inParallel runs the work for each number below count, so many at once.
func inParallel(count, atOnce int, work func(i int)) {
	next := make(chan int)
	var workers sync.WaitGroup
	for range atOnce {
		workers.Go(func() {
			for i := range next {
				work(i)
			}
		})
	}
	for i := range count {
		next <- i
	}
	close(next)
	workers.Wait()
}
