package api

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"strings"

	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/openapi"
	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/adapters/http/representation"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// idempotencyKey returns the key of a request that may change something, "" for none. The
// draft writes it as a string of RFC 9651, in quotes; a key without quotes is the same key.
func idempotencyKey(r *http.Request, caller domain.Caller) (string, error) {
	values := r.Header.Values(openapi.KeyHeader)
	if r.Method != http.MethodPost || len(values) == 0 || caller.Identity().UserID == (domain.UserID{}) {
		return "", nil
	}
	key, err := parseKey(values)
	if err != nil {
		return "", problem.New(http.StatusBadRequest, map[string]any{"error": openapi.KeyHeader + " " + err.Error()})
	}
	return key, nil
}

// keyString is a string of structured fields (RFC 8941), but for the characters in it.
var keyString = regexp.MustCompile(`^"([^"\\]|\\["\\])*"$`)

func parseKey(values []string) (string, error) {
	if len(values) > 1 {
		return "", fmt.Errorf("is given %d times", len(values))
	}
	key := strings.Trim(values[0], " \t")
	if strings.HasPrefix(key, `"`) {
		if !keyString.MatchString(key) {
			return "", errors.New("has no quotation mark at its end, or one within it without a backslash")
		}
		key = strings.NewReplacer(`\"`, `"`, `\\`, `\`).Replace(key[1 : len(key)-1])
	}
	switch isText := strings.IndexFunc(key, func(c rune) bool { return c < ' ' || c > '~' }) < 0; {
	case key == "":
		return "", errors.New("is empty")
	case len(key) > openapi.KeyLength:
		return "", fmt.Errorf("has %d characters, more than %d", len(key), openapi.KeyLength)
	case !isText:
		return "", errors.New("has characters that are not printable ASCII")
	}
	return key, nil
}

// fingerprint tells a request from others with the same key. Two persons have different
// fingerprints by their keys' owner.
func fingerprint(r *http.Request, body []byte) string {
	text, _ := readFingerprint(r, bytes.NewReader(body)) // reading from memory never fails
	return text
}

// readFingerprint is fingerprint of a body that is read. The error is that of reading.
func readFingerprint(r *http.Request, body io.Reader) (string, error) {
	hash := sha256.New()
	// Writing to a hash never fails.
	_, _ = io.WriteString(hash, r.Method+"\n"+r.URL.Path+"\n"+r.URL.RawQuery+"\n")
	if _, err := io.Copy(hash, body); err != nil {
		return "", err
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

// recorder keeps an answer back.
type recorder struct {
	gin.ResponseWriter
	status int
	body   []byte
}

// WriteHeader implements http.ResponseWriter.
func (w *recorder) WriteHeader(code int) { w.status = code }

// WriteHeaderNow implements gin.ResponseWriter.
func (w *recorder) WriteHeaderNow() {}

// Write implements io.Writer.
func (w *recorder) Write(p []byte) (int, error) {
	w.body = append(w.body, p...)
	return len(p), nil
}

// WriteString implements io.StringWriter.
func (w *recorder) WriteString(s string) (int, error) {
	w.body = append(w.body, s...)
	return len(s), nil
}

// Status implements gin.ResponseWriter.
func (w *recorder) Status() int { return w.status }

// Size implements gin.ResponseWriter.
func (w *recorder) Size() int { return len(w.body) }

// Written implements gin.ResponseWriter.
func (w *recorder) Written() bool { return len(w.body) > 0 }

// once answers a request with a key: by next, or with the answer to the first request that
// had the key. The answer of next is sent when it is committed together with what next did.
func (c checks) once(g *gin.Context, r *request, operation domain.Operation, next func(context.Context)) {
	answers, ctx := g.Writer, g.Request.Context()
	defer func() { g.Writer = answers }()
	work := func(ctx context.Context) ports.KeyedAnswer {
		recorded := &recorder{ResponseWriter: answers, status: http.StatusOK, body: []byte{}}
		g.Writer = recorded
		next(ctx)
		return ports.KeyedAnswer{Status: recorded.status, Location: answers.Header().Get("Location"), Body: recorded.body}
	}
	answer, err := c.requests.Once(ctx, r.caller, r.key, r.fingerprint, work)
	g.Writer = answers
	if err == nil && answer.Body == nil {
		answer.Body, err = c.located(ctx, answer.Location)
	}
	if err == nil && operation.ID == domain.RemoveUsers.ID && answer.Status == http.StatusNoContent {
		err = c.setProgress(ctx, r)
	}
	if err != nil {
		problem.From(ctx, c.log, err).Write(answers)
		return
	}
	if answer.Location != "" {
		answers.Header().Set("Location", answer.Location)
	}
	if len(answer.Body) > 0 {
		answers.Header().Set("Content-Type", "application/json")
	}
	answers.WriteHeader(answer.Status)
	_, _ = answers.Write(answer.Body) // fails only if the client has closed the connection
}

// setProgress sets the header of a removal to how far it is now: a repetition asks for it.
func (c checks) setProgress(ctx context.Context, r *request) error {
	progress, err := c.users.progress(ctx, r)
	if progress == "" {
		r.header.Del(progressHeader)
		return err
	}
	r.header.Set(progressHeader, progress)
	return nil
}

// located returns the result to which the Location of an answer leads, as the body of that answer.
func (c checks) located(ctx context.Context, location string) ([]byte, error) {
	id, err := uuid.Parse(location[strings.LastIndexByte(location, '/')+1:])
	if err != nil {
		return nil, fmt.Errorf("read the location of an answer: %w", err)
	}
	record, err := c.results.Get(ctx, domain.Caller{}, id)
	if err != nil {
		return nil, err
	}
	return append(toResult(record.Result).AppendJSON(nil, representation.NoFlush), '\n'), nil
}
