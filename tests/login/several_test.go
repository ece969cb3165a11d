package login_test

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
)

// issuerInAnswer is the parameter iss of an answer to a login.
var issuerInAnswer = regexp.MustCompile(`[&?]iss=[^&]*`)

// People choose one of several providers. Both have a client without a secret here, and one is npm's
// oidc-provider, which names itself in its answers: an answer that names another provider, or none, is
// refused.
func TestSeveralProviders(t *testing.T) {
	first, port := harness.Start(t, harness.SQLite(t)), process.FreePort(t)
	public := "http://127.0.0.1:" + port
	other := startProvider(t, public)
	file := filepath.Join(t.TempDir(), "providers.yaml")
	text := fmt.Sprintf("providers:\n  - issuer: %s\n    name: First Institute\n    client_id: perf\n  - issuer: %s\n"+
		"    name: Other Institute\n    client_id: public\n", first.Issuer(), other.issuer)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	s := harness.Start(t, harness.SQLite(t).With(harness.Settings{
		"LISTEN_ADDRESS": "127.0.0.1:" + port, "PUBLIC_URL": public, "OIDC_PROVIDERS_FILE": file, "SECRET_KEY": key,
	}))
	at := func(issuer string) string {
		return "/ui/login?" + url.Values{"provider": {issuer}, "return_to": {"/ui/sessions"}}.Encode()
	}
	v := visit(t, s)
	v.get("/ui/login?return_to=/ui/sessions").wants(t, http.StatusOK, "First Institute", "Other Institute")
	v.get(at("https://evil.example")).wants(t, http.StatusOK, "First Institute", "Other Institute")
	v.pick(v.get(at(first.Issuer())), "alice").wants(t, http.StatusOK, "Alice Uploader", first.Issuer())
	w := visit(t, s)
	w.agree(w.get(at(other.issuer)), "gus").wants(t, http.StatusOK, "Gus of the other provider", other.issuer)

	// The API page learns which provider names itself.
	v.get("/swagger-ui/login?issuer="+url.QueryEscape(other.issuer)).wants(t, http.StatusOK, `"names_issuer":true`)
	v.get("/swagger-ui/login?issuer="+url.QueryEscape(first.Issuer())).wants(t, http.StatusOK, `"names_issuer":false`)
	for name, issuer := range map[string]string{"none": "", "the first": "&iss=" + url.QueryEscape(first.Issuer())} {
		mixed := visit(t, s)
		mixed.client.CheckRedirect = func(req *http.Request, _ []*http.Request) error {
			if req.URL.Path == "/ui/login/callback" {
				return http.ErrUseLastResponse
			}
			return nil
		}
		answer := mixed.agree(mixed.get(at(other.issuer)), "hal").Header.Get("Location")
		if !strings.Contains(answer, "iss="+url.QueryEscape(other.issuer)) {
			t.Fatalf("the provider does not name itself in %q", answer)
		}
		p := mixed.get(issuerInAnswer.ReplaceAllString(answer, "") + issuer)
		if p.Status != http.StatusForbidden || mixed.session() != "" {
			t.Errorf("an answer that names %s: %d, session %q\n%s", name, p.Status, mixed.session(), p.Text)
		}
	}
}
