package session_test

import (
	"strings"
	"testing"

	"github.com/eosc-perf/backend/adapters/http/session"
)

func sealer(t *testing.T, purpose string, secrets ...string) *session.Sealer {
	t.Helper()
	s, err := session.NewSealer(purpose, secrets...)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestSealedTextsOpenByTheirKeysOnly(t *testing.T) {
	sealed := sealer(t, "a", "first secret").Seal([]byte("text"), "place")
	if strings.Contains(sealed, "text") {
		t.Errorf("%q is not sealed", sealed)
	}
	for _, c := range []struct {
		name, purpose, place string
		secrets              []string
		opens                bool
	}{
		{"the same", "a", "place", []string{"first secret"}, true},
		{"after a change of the secret", "a", "place", []string{"second secret", "first secret"}, true},
		{"after two changes", "a", "place", []string{"third secret", "second secret"}, false},
		{"another purpose", "b", "place", []string{"first secret"}, false},
		{"another place", "a", "another", []string{"first secret"}, false},
	} {
		got, err := sealer(t, c.purpose, c.secrets...).Open(sealed, c.place)
		if opens := err == nil && string(got) == "text"; opens != c.opens {
			t.Errorf("%s: opens %t (%v), want %t", c.name, opens, err, c.opens)
		}
	}
	for _, broken := range []string{"", "1.", "1.AAAA", "2" + sealed[1:], sealed[:len(sealed)-2], sealed + "AA", "1.%"} {
		if got, err := sealer(t, "a", "first secret").Open(broken, "place"); err == nil {
			t.Errorf("%q opens: %q", broken, got)
		}
	}
}

func TestSealersNeedASecret(t *testing.T) {
	if _, err := session.NewSealer("a", ""); err == nil {
		t.Error("there is a sealer without a secret")
	}
}

func TestCookiesHaveTheStrictestNameThatFits(t *testing.T) {
	for _, c := range []struct {
		secure           bool
		path             string
		name, cookiePath string
	}{
		{false, "", "eosc-perf-session", "/"},
		{true, "", "__Host-eosc-perf-session", "/"},
		{true, "/api/v1", "__Secure-eosc-perf-session", "/api/v1"},
		{false, "/api/v1", "eosc-perf-session", "/api/v1"},
	} {
		name, path := session.CookieName("session", c.secure, c.path)
		if name != c.name || path != c.cookiePath {
			t.Errorf("secure %t at %q: %q at %q, want %q at %q", c.secure, c.path, name, path, c.name, c.cookiePath)
		}
	}
}
