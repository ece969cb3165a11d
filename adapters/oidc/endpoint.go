package oidc

import (
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strconv"
	"time"
)

const (
	// defaultTimeout is for one request to a provider, its body included.
	defaultTimeout = 5 * time.Second
	// maxReply is the longest answer of a provider that is read, in bytes.
	maxReply     = 1 << 20
	maxRedirects = 3
	// longestWait is the longest Retry-After of a provider that callers are told.
	longestWait = 5 * time.Minute
	// maxIdleConnections stay open to one provider.
	maxIdleConnections = 16
)

// carefulClient returns a copy of the client, or a new one, that follows redirects
// only within the host that it was sent to.
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

// reply is the answer of a provider's endpoint.
type reply struct {
	status    int
	mediaType string
	body      []byte
}

// comesBack is whether a status asks to come back later: it says nothing of the token.
func comesBack(status int) bool {
	switch status {
	case http.StatusRequestTimeout, http.StatusTooEarly, http.StatusTooManyRequests:
		return true
	}
	return status >= http.StatusInternalServerError
}

// ask returns the answer to the request. The error is Unavailable: there was no
// answer, or one that says to come back later.
func ask(client *http.Client, req *http.Request) (reply, error) {
	req.Header.Set("Accept", "application/json")
	res, err := client.Do(req)
	if err != nil {
		return reply{}, unavailable(err)
	}
	defer func() { _ = res.Body.Close() }()
	where := req.URL.Redacted()
	if comesBack(res.StatusCode) {
		return reply{}, unavailable(&busyError{answer: fmt.Sprintf("%s answers %s", where, res.Status), wait: waitOf(res.Header)})
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxReply+1))
	if err != nil {
		return reply{}, unavailable(fmt.Errorf("read answer of %s: %w", where, err))
	}
	if len(body) > maxReply {
		return reply{}, unavailable(fmt.Errorf("answer of %s is longer than %d bytes", where, maxReply))
	}
	mediaType, _, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if err != nil {
		mediaType = ""
	}
	return reply{status: res.StatusCode, mediaType: mediaType, body: body}, nil
}

// busyError is an answer that asks to come back later.
type busyError struct {
	answer string
	// wait is how much later, 0 if the answer does not say it.
	wait time.Duration
}

// Error implements error.
func (e *busyError) Error() string { return e.answer }

// waitOf reads Retry-After (RFC 9110, section 10.2.3), at most longestWait.
func waitOf(header http.Header) time.Duration {
	text := header.Get("Retry-After")
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return min(time.Duration(seconds)*time.Second, longestWait)
	}
	if at, err := http.ParseTime(text); err == nil {
		return min(max(time.Until(at), 0), longestWait)
	}
	return 0
}

// object reads the JSON object of the reply.
func (r reply) object() (claims, error) {
	if r.status != http.StatusOK {
		return nil, fmt.Errorf("status %d", r.status)
	}
	// Some providers serve files that an editor has marked.
	return readClaims(bytes.TrimPrefix(r.body, []byte("\ufeff")))
}
