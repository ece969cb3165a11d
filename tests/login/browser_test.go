// Package login tests the login of browsers by HTTP: with the development provider, on each
// database, with one server and with two.
package login_test

import (
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/tests/harness"
)

// visitor is a browser without scripts: it keeps cookies, follows redirects and sends forms.
type visitor struct {
	t      testing.TB
	client *http.Client
	base   string
}

func visit(t testing.TB, s *harness.Server) *visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &visitor{t: t, client: &http.Client{Jar: jar}, base: s.Base}
}

// page is an answer.
type page struct {
	Status int
	Text   string
	// URL is where the redirects have led to.
	URL    *url.URL
	Header http.Header
}

func (v *visitor) send(req *http.Request) page {
	v.t.Helper()
	res, err := v.client.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return page{res.StatusCode, string(body), res.Request.URL, res.Header}
}

func (v *visitor) address(path string) string {
	if strings.HasPrefix(path, "/") {
		return v.base + path
	}
	return path
}

func (v *visitor) get(path string) page {
	v.t.Helper()
	req, err := http.NewRequest(http.MethodGet, v.address(path), nil)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.send(req)
}

func (v *visitor) post(path string, form url.Values, headers ...string) page {
	v.t.Helper()
	req, err := http.NewRequest(http.MethodPost, v.address(path), strings.NewReader(form.Encode()))
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	req.Header.Set("Origin", v.base)
	for i := 0; i+1 < len(headers); i += 2 {
		req.Header.Set(headers[i], headers[i+1])
	}
	return v.send(req)
}

var requestField = regexp.MustCompile(`name="id" value="([^"]+)"`)

// pick chooses an account on the page of the development provider.
func (v *visitor) pick(p page, account string) page {
	v.t.Helper()
	found := requestField.FindStringSubmatch(p.Text)
	if found == nil {
		v.t.Fatalf("this is no page to pick an account: %d %s\n%s", p.Status, p.URL, p.Text)
	}
	return v.post(p.URL.String(), url.Values{"id": {found[1]}, "account": {account}}, "Origin", origin(p.URL))
}

func origin(u *url.URL) string { return u.Scheme + "://" + u.Host }

// logIn logs in as the account, and returns the page to which that leads.
func (v *visitor) logIn(account, returnTo string) page {
	v.t.Helper()
	return v.pick(v.get("/ui/login?"+url.Values{"return_to": {returnTo}}.Encode()), account)
}

// session is the value of the cookie.
func (v *visitor) session() string {
	u, err := url.Parse(v.base)
	if err != nil {
		v.t.Fatal(err)
	}
	for _, cookie := range v.client.Jar.Cookies(u) {
		if strings.HasSuffix(cookie.Name, "eosc-perf-session") {
			return cookie.Value
		}
	}
	return ""
}

// wants fails the test unless the page has the status and the texts.
func (p page) wants(t testing.TB, status int, texts ...string) page {
	t.Helper()
	if p.Status != status {
		t.Errorf("%s: status %d, want %d\n%s", p.URL, p.Status, status, p.Text)
	}
	for _, text := range texts {
		if !strings.Contains(p.Text, text) {
			t.Errorf("%s lacks %q:\n%s", p.URL, text, p.Text)
		}
	}
	return p
}

// isAt fails the test unless the redirects have led there.
func (p page) isAt(t testing.TB, path string) page {
	t.Helper()
	if p.URL.RequestURI() != path {
		t.Errorf("led to %s, want %s", p.URL.RequestURI(), path)
	}
	return p
}

// query reads texts from the server's database.
func query(t testing.TB, s *harness.Server, statement string) (texts []string) {
	t.Helper()
	store, ok := s.System.Storage().(*gormdb.Store)
	if !ok {
		t.Fatal("the storage is no database")
	}
	if err := store.DB().Raw(statement).Scan(&texts).Error; err != nil {
		t.Fatal(err)
	}
	return texts
}
