package operation_test

import (
	"bufio"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/eosc-perf/backend/tests/browser"
	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
)

// check is one of what must be right behind every proxy.
type check struct {
	name   string
	passes func(t *testing.T)
}

// TestBehindReverseProxies: the files of our deployments, and one as deployments of
// the earlier program have it, in the proxies that read them.
func TestBehindReverseProxies(t *testing.T) {
	for _, tt := range []struct {
		name     string
		proxy    func(t *testing.T, file string, variables map[string]string)
		file     string
		settings harness.Settings
		// ours are made for our limits.
		ours bool
	}{
		{"nginx hands on the whole path", startNginx, "deployments/nginx/eosc-perf.conf.template", nil, true},
		{"HAProxy takes the prefix off", startHAProxy, "deployments/haproxy/haproxy.cfg", nil, true},
		{
			"the earlier nginx adds CORS headers of its own", startNginx, "tests/operation/testdata/earlier-nginx.conf",
			harness.Settings{"CORS_ALLOWED_ORIGINS": "none"}, false,
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := behind(t, tt.proxy, filepath.Join(process.Repository(t), tt.file), tt.settings)
			checks := []check{
				{"every link leads somewhere", p.everyLink},
				{"custom methods and encoded characters arrive", p.oddPaths},
				{"one CORS header", p.oneCORSHeader},
				{"the client's address", p.clientAddress},
				{"the page in a browser", p.page},
				{"no other protocol", p.noOtherProtocol},
			}
			if tt.ours {
				checks = append(checks, check{"what is large", p.large})
			}
			for _, c := range checks {
				t.Run(c.name, func(t *testing.T) {
					p.T = t
					c.passes(t)
				})
			}
		})
	}
}

// everyLink follows what the document and the page name, from the origin on.
func (p *proxied) everyLink(t *testing.T) {
	var document struct {
		Servers []struct {
			URL string `json:"url"`
		} `json:"servers"`
	}
	a := p.Get("/api-spec.json").Want(t, http.StatusOK)
	if err := json.Unmarshal([]byte(a.Body), &document); err != nil || len(document.Servers) != 1 {
		t.Fatalf("the document names the servers %v (%v)", document.Servers, err)
	}
	p.fromOrigin(t, document.Servers[0].URL+"/sites")
	links := regexp.MustCompile(`(?:src|href)="([^"]+)"|"(/[^"]*api-spec\.json|/[^"]*/oauth/token)"`)
	for _, page := range []string{"", "/"} {
		found := links.FindAllStringSubmatch(p.Get(page).Want(t, http.StatusOK).Body, -1)
		const least = 5 // a style sheet, two scripts, the document, where tokens are to be had
		if len(found) < least {
			t.Errorf("the page at %q has the links %q", page, found)
		}
		for _, link := range found {
			if path := strings.ReplaceAll(link[1]+link[2], `\/`, "/"); !strings.HasSuffix(path, "/oauth/token") {
				p.fromOrigin(t, path)
			}
		}
	}
}

// fromOrigin asks as a browser does that is told a path without a host.
func (p *proxied) fromOrigin(t *testing.T, path string) {
	t.Helper()
	target, err := url.Parse(p.Base + "/")
	if err == nil {
		target, err = target.Parse(path)
	}
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(target.String(), p.Base+"/") {
		t.Errorf("%s leads out of the prefix", path)
		return
	}
	p.Get(strings.TrimPrefix(target.String(), p.Base)).Want(t, http.StatusOK)
}

func (p *proxied) oddPaths(t *testing.T) {
	site := p.Post("alice", "/sites", `{"name":"a/b: c","address":"a"}`).Want(t, http.StatusCreated).ID(t)
	p.Post("admin", "/sites/"+site+":approve", "").Want(t, http.StatusNoContent)
	for path, status := range map[string]int{
		"/sites:search?terms=A%2Fb%3A%20c":       200,
		"/sites?name=a%2Fb%3A+c":                 200,
		"/sites:search?terms[]=b%3A&terms%5B%5D": 200,
		"//sites//" + site:                       200,
		"/sites/" + site + "%2Fflavors":          200,
		"/sites/" + site + "%3Aapprove":          405,
		"/sites/a%2Fb":                           404,
		"/sites/%00":                             404,
		"/sites/" + site + "/":                   404,
		"/../etc":                                404,
	} {
		a := p.Get(path)
		if strings.HasPrefix(path, "/..") || strings.Contains(path, "%00") {
			if a.Status != http.StatusNotFound && a.Status != http.StatusBadRequest { // the proxy's, or ours
				t.Errorf("%s\nwant 400 or 404", a)
			}
			continue
		}
		if a.Status != status {
			t.Errorf("%s\nwant %d", a, status)
		}
		if strings.Contains(path, "name=") || strings.Contains(path, "terms=") {
			if items := a.Items(t); len(items) != 1 {
				t.Errorf("%s\nwant one", a)
			}
		}
	}
}

func (p *proxied) oneCORSHeader(t *testing.T) {
	for _, c := range []harness.Call{
		{Method: "GET", Path: "/sites"}, {Method: "GET", Path: "/nope"}, {Method: "POST", Path: "/sites"}, {Method: "OPTIONS", Path: "/sites"},
	} {
		c.Header = http.Header{"Origin": {"https://front.example.org"}, "Access-Control-Request-Method": {"POST"}}
		a := p.Do(c)
		if got := a.Header.Values("Access-Control-Allow-Origin"); len(got) != 1 || got[0] != "*" {
			t.Errorf("%s\nhas the headers %q", a, got)
		}
		if c.Method == http.MethodOptions && (a.Status != http.StatusNoContent || len(a.Header.Values("Access-Control-Allow-Headers")) != 1) {
			t.Errorf("%s\n%v", a, a.Header)
		}
	}
}

// clientAddress: it is logged, not the proxy's, and not what the client says of itself.
func (p *proxied) clientAddress(t *testing.T) {
	p.Do(harness.Call{Method: "GET", Path: "/sites", Header: http.Header{
		"X-Request-Id": {"whose-address"}, "X-Forwarded-For": {"203.0.113.9"}, "X-Real-Ip": {"203.0.113.9"}, "Forwarded": {"for=203.0.113.9"},
	}}).Want(t, http.StatusOK)
	var line string
	process.Eventually(t, "a line in the log", func() bool {
		for line = range strings.Lines(p.Logs.String()) {
			if strings.Contains(line, `"request_id":"whose-address"`) {
				return true
			}
		}
		return false
	})
	if !strings.Contains(line, `"client":"`+clientAddress+`"`) {
		t.Errorf("the client %s is not in %s", clientAddress, line)
	}
}

// page: all of it, the development login included, with nothing but the prefix.
func (p *proxied) page(t *testing.T) {
	page := browser.Open(t, p.origin, chromedp.Flag("ignore-certificate-errors", true))
	page.Run("open the page", chromedp.Navigate(p.Base+"/"), chromedp.WaitVisible("#operations-users-GetSelf"))
	page.Run(
		"click alice", chromedp.Click(`#accounts button[data-account="alice"]`),
		chromedp.WaitReady(`#accounts button[aria-pressed="true"]`),
	)
	page.Run("unfold GetSelf", chromedp.Click("#operations-users-GetSelf .opblock-summary-control"))
	if got := page.Execute("GetSelf"); !strings.Contains(got, `"sub": "alice"`) {
		t.Errorf("GetSelf after a click on alice shows\n%s", got)
	}
	page.ExpectNothingWrong()
}

func (p *proxied) noOtherProtocol(t *testing.T) {
	p.Do(harness.Call{Method: "GET", Path: "/sites", Header: http.Header{
		"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="},
	}}).Want(t, http.StatusOK)
}

// large: up to the server's limits everything arrives, and it is the server that
// says what is beyond.
func (p *proxied) large(t *testing.T) {
	g := p.NewFixture("large")
	document := func(size int) string { return fmt.Sprintf(`{"score":1,"text":%q}`, strings.Repeat("x", size)) }
	id := p.Post("alice", g.UploadPath(""), document(1<<20-100)).Want(t, http.StatusCreated).ID(t)
	if a := p.Get("/results/"+id).Want(t, http.StatusOK); len(a.Body) < 1<<20-100 {
		t.Errorf("%d bytes came back", len(a.Body))
	}
	status, body := p.announce(t, g.UploadPath(""), 1<<20+1)
	if status != http.StatusRequestEntityTooLarge || !strings.Contains(body, `"code":413`) {
		t.Errorf("an upload of more than 1 MiB was answered %d %s\nwant the server's 413", status, body)
	}
	query := "/results?per_page=1"
	for range 20 {
		query += "&filters=" + strings.Repeat("p", 1000) + "%20%3D%3D%201"
	}
	p.Get(query).Want(t, http.StatusOK)
}

// announce uploads so many bytes as curl does, which sends the headers and waits to be told
// whether to send the body, and returns the answer. Go's client may send the body after a
// refusal and then report the connection that the proxy closed instead of the answer.
func (p *proxied) announce(t *testing.T, path string, size int) (status int, body string) {
	t.Helper()
	transport, address := p.Transport.(*http.Transport), strings.TrimPrefix(p.origin, "https://")
	plain, err := transport.DialContext(t.Context(), "tcp", address)
	if err != nil {
		t.Fatal(err)
	}
	settings := transport.TLSClientConfig.Clone()
	settings.ServerName, _, _ = net.SplitHostPort(address)
	connection := tls.Client(plain, settings)
	defer func() { _ = connection.Close() }()
	if err := connection.SetDeadline(time.Now().Add(process.Patience)); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprintf(
		connection, "POST %s%s HTTP/1.1\r\nHost: %s\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\n"+
			"Content-Length: %d\r\nExpect: 100-continue\r\n\r\n", proxyPrefix, path, address, p.Token("alice"), size,
	); err != nil {
		t.Fatal(err)
	}
	answers := bufio.NewReader(connection)
	response, err := http.ReadResponse(answers, nil)
	if err == nil && response.StatusCode == http.StatusContinue {
		if _, err := io.WriteString(connection, strings.Repeat(" ", size)); err != nil {
			t.Fatal(err)
		}
		response, err = http.ReadResponse(answers, nil)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}
