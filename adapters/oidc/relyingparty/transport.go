package relyingparty

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
)

// maxAnswer is the longest answer of a provider that is read, in bytes.
const maxAnswer = 1 << 20

// recorder bounds the answers of a provider, and keeps its description, of which the library
// shows a part only.
type recorder struct {
	next http.RoundTripper

	mu   sync.Mutex
	seen []byte
}

// RoundTrip implements http.RoundTripper.
func (r *recorder) RoundTrip(req *http.Request) (*http.Response, error) {
	next := r.next
	if next == nil {
		next = http.DefaultTransport
	}
	answer, err := next.RoundTrip(req)
	if err != nil {
		return nil, err
	}
	body, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer+1))
	_ = answer.Body.Close()
	if err != nil {
		return nil, fmt.Errorf("read an answer: %w", err)
	}
	if len(body) > maxAnswer {
		return nil, fmt.Errorf("the answer of %s is longer than %d bytes", req.URL.Redacted(), maxAnswer)
	}
	if strings.HasSuffix(req.URL.Path, "/.well-known/openid-configuration") {
		r.mu.Lock()
		r.seen = body
		r.mu.Unlock()
	}
	answer.Body = io.NopCloser(bytes.NewReader(body))
	return answer, nil
}

// description returns what the provider offers, nothing if it cannot be read.
func (r *recorder) description() offers {
	r.mu.Lock()
	defer r.mu.Unlock()
	var o offers
	if json.Unmarshal(r.seen, &o) != nil {
		return offers{}
	}
	return o
}
