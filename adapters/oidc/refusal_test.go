package oidc_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/eosc-perf/backend/adapters/oidc"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// requestID is a value of the context that the log handler of the test writes, as the
// server's does with the request's id.
type requestID struct{}

type withRequestID struct{ slog.Handler }

func (h withRequestID) Handle(ctx context.Context, r slog.Record) error {
	if id, ok := ctx.Value(requestID{}).(string); ok {
		r.AddAttrs(slog.String("request_id", id))
	}
	return h.Handler.Handle(ctx, r)
}

// TestRefusalsAreExplained: to the caller as far as the caller can mend them, in full in
// the log, and by cause to whoever counts.
func TestRefusalsAreExplained(t *testing.T) {
	f, foreign := newFake(t), newFake(t)
	past, later := time.Now().Add(-2*time.Minute).Unix(), time.Now().Add(2*time.Minute).Unix()
	aud := object{"aud": "perf"}
	for _, c := range []struct {
		name   string
		token  string
		cause  oidc.Cause
		says   string
		log    string
		hidden string
	}{
		{"expired", f.token(t, aud.with(object{"exp": past})), oidc.Expired, "has expired", "expired at 20", ""},
		{"not yet valid", f.token(t, aud.with(object{"nbf": later})), oidc.NotYetValid, "not valid yet", "valid from 20", ""},
		{"no expiry", f.token(t, object{"aud": "perf", "exp": nil}), oidc.NoExpiry, "does not expire", "", ""},
		{
			"another audience", f.token(t, object{"aud": []string{"elsewhere"}}), oidc.WrongAudience,
			"must contain perf or perf-test", "elsewhere", "elsewhere",
		},
		{"no audience", f.token(t, nil), oidc.WrongAudience, "must contain perf or perf-test", "aud is", ""},
		{
			"unknown issuer", f.token(t, object{"iss": "https://evil.example"}), oidc.UnknownIssuer, "trusted are " + f.url,
			"https://evil.example", "evil",
		},
		{"no issuer", f.token(t, object{"iss": nil}), oidc.UnknownIssuer, "does not name its issuer", "", ""},
		{
			"a foreign signature", foreign.token(t, aud.with(object{"iss": f.url})), oidc.BadSignature,
			"not signed by its identity provider", foreign.keyID, foreign.keyID,
		},
		{
			"a foreign algorithm", f.compact(t, `{"alg":"HS256"}`, encoded(t, f.claims().with(aud))), oidc.UnknownAlgorithm,
			"algorithm", "HS256", "HS256",
		},
		{"a bad subject", f.token(t, aud.with(object{"sub": "a\x00"})), oidc.BadSubject, "does not name a person", "control character", ""},
		{"too long", strings.Repeat("a", 48<<10+1), oidc.TooLong, "has 49153 bytes, and the limit is 49152 (TOKEN_LIMIT)", "", ""},
		{"no token characters", "a b", oidc.Malformed, "has ' ' at character 2", "", ""},
		{"quotes", `"` + f.token(t, aud) + `"`, oidc.Malformed, `has '"' at character 1,`, "", ""},
		{"quotes of a text program", "“abc”", oidc.Malformed, "has '“' at character 1,", "", ""},
		{"bytes that are no text", "abc\xff", oidc.Malformed, "at character 4,", "", ""},
		{"not accepted", "made-up", oidc.Rejected, "not accepted by any trusted identity provider", "answers 401", "401"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f.on("/userinfo", status(http.StatusUnauthorized))
			var log bytes.Buffer
			var cause oidc.Cause
			v := newVerifier(t, oidc.Config{
				Issuers: []string{f.url}, Audience: []string{"perf", "perf-test"},
				Logger:  slog.New(withRequestID{slog.NewJSONHandler(&log, nil)}),
				Observe: func(_ string, observed oidc.Cause, _ error) { cause = observed },
			})
			_, err := v.Verify(context.WithValue(t.Context(), requestID{}, "the-request"), ports.BearerToken{Text: c.token})
			e, ok := errors.AsType[*domain.Error](err)
			if !ok || !e.BadToken || !strings.Contains(e.Message, c.says) || c.hidden != "" && strings.Contains(e.Message, c.hidden) {
				t.Errorf("the caller reads %+v, want %q and not %q", err, c.says, c.hidden)
			}
			if cause != c.cause {
				t.Errorf("observed cause %q, want %q", cause, c.cause)
			}
			var line struct {
				Level, Cause, Detail string
				RequestID            string `json:"request_id"`
			}
			if err := json.Unmarshal(log.Bytes(), &line); err != nil {
				t.Fatalf("the log is not one line: %v\n%s", err, log.String())
			}
			if line.Level != "INFO" || line.Cause != string(c.cause) || line.RequestID != "the-request" || !strings.Contains(line.Detail, c.log) {
				t.Errorf("the log has %s, want the cause %q and %q", log.String(), c.cause, c.log)
			}
			if len(c.token) > 10 && (strings.Contains(log.String(), c.token) || strings.Contains(e.Message, c.token)) {
				t.Error("the token is shown")
			}
		})
	}
}

func TestAudienceOfTokens(t *testing.T) {
	for _, c := range []struct {
		name string
		aud  any
		want domain.Kind
	}{
		{"the one", "perf", 0},
		{"one of a list", []string{"other", "perf-test"}, 0},
		{"one of a list of mixed kinds", []any{7, nil, "perf"}, 0},
		{"another", "other", domain.Unauthenticated},
		{"in another case", "PERF", domain.Unauthenticated},
		{"part of a text", "perf perf-test", domain.Unauthenticated},
		{"an empty list", []string{}, domain.Unauthenticated},
		{"none", nil, domain.Unauthenticated},
		{"an object", object{"perf": true}, domain.Unauthenticated},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFake(t)
			config := oidc.Config{
				Issuers: []string{f.url}, Audience: []string{"perf", "perf-test"}, ClientID: "us", ClientSecret: "secret",
			}
			verify(t, newVerifier(t, config), f.token(t, object{"aud": c.aud}), c.want)
			f.on("/introspect", answer(object{"active": true, "sub": "ann"}.with(object{"aud": c.aud})))
			verify(t, newVerifier(t, config), opaque, c.want)
			config.Audience = nil
			verify(t, newVerifier(t, config), f.token(t, object{"aud": c.aud}), 0)
			verify(t, newVerifier(t, config), opaque, 0)
		})
	}
}
