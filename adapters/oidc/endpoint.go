package oidc

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"
)

const (
	// defaultTimeout is for one request to a provider, its body included.
	defaultTimeout = 5 * time.Second
	// maxReply is the longest answer of a provider that is read, in bytes.
	maxReply     = 1 << 20
	maxRedirects = 3
	// The connections that are kept, and those that a flood of tokens can open.
	maxIdleConnections = 16
	maxConnections     = 64
)

// carefulClient returns a copy of the client that goes nowhere but where it was
// sent, or makes one.
func carefulClient(given *http.Client) *http.Client {
	client := &http.Client{Transport: newTransport()}
	if given != nil {
		*client = *given
	}
	if client.Timeout == 0 {
		client.Timeout = defaultTimeout
	}
	client.Jar = nil
	client.CheckRedirect = sameHost
	return client
}

func newTransport() http.RoundTripper {
	shared, ok := http.DefaultTransport.(*http.Transport)
	if !ok {
		return http.DefaultTransport
	}
	own := shared.Clone()
	own.MaxIdleConnsPerHost = maxIdleConnections
	own.MaxConnsPerHost = maxConnections
	return own
}

// sameHost follows a few redirects on the same host; others are not followed,
// and their status is the answer: a token must not travel further.
func sameHost(req *http.Request, via []*http.Request) error {
	from := via[0].URL
	if len(via) > maxRedirects || req.URL.Scheme != from.Scheme || req.URL.Host != from.Host {
		return http.ErrUseLastResponse
	}
	return nil
}

// reply is what an endpoint of a provider answered.
type reply struct {
	status    int
	mediaType string
	body      []byte
}

// ask returns the answer to the request. The error is Unavailable: there was no
// answer, or one that says to come back later (429 and 5xx).
func ask(client *http.Client, req *http.Request) (reply, error) {
	req.Header.Set("Accept", "application/json")
	res, err := client.Do(req)
	if err != nil {
		return reply{}, away(err)
	}
	defer func() { _ = res.Body.Close() }()
	where := req.URL.Redacted()
	if res.StatusCode >= 500 || res.StatusCode == http.StatusTooManyRequests {
		return reply{}, away(fmt.Errorf("%s answers %s", where, res.Status))
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxReply+1))
	if err != nil {
		return reply{}, away(fmt.Errorf("read answer of %s: %w", where, err))
	}
	if len(body) > maxReply {
		return reply{}, away(fmt.Errorf("answer of %s is longer than %d bytes", where, maxReply))
	}
	mediaType, _, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if err != nil {
		mediaType = ""
	}
	return reply{status: res.StatusCode, mediaType: mediaType, body: body}, nil
}

// decode reads the JSON object of the reply into target.
func (r reply) decode(target any) error {
	if r.status != http.StatusOK {
		return fmt.Errorf("status %d", r.status)
	}
	if err := json.Unmarshal(r.body, target); err != nil {
		// The decoder's own words may quote the answer.
		return errors.New("the answer is not the JSON object that it should be")
	}
	return nil
}
