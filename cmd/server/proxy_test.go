package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
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
		settings map[string]string
		// ours are made for our limits.
		ours bool
	}{
		{"nginx hands on the whole path", startNginx, "../../deployments/nginx/eosc-perf.conf.template", map[string]string{}, true},
		{"HAProxy takes the prefix off", startHAProxy, "../../deployments/haproxy/haproxy.cfg", map[string]string{}, true},
		{"the earlier nginx adds CORS headers of its own", startNginx, "testdata/earlier-nginx.conf", map[string]string{"CORS_ALLOWED_ORIGINS": "none"}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			p := behind(t, tt.proxy, tt.file, tt.settings)
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
					p.t = t
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
	a := p.get("/api-spec.json").want(t, http.StatusOK)
	if err := json.Unmarshal([]byte(a.body), &document); err != nil || len(document.Servers) != 1 {
		t.Fatalf("the document names the servers %v (%v)", document.Servers, err)
	}
	p.fromOrigin(t, document.Servers[0].URL+"/sites")
	links := regexp.MustCompile(`(?:src|href)="([^"]+)"|"(/[^"]*api-spec\.json|/[^"]*/oauth/token)"`)
	for _, page := range []string{"", "/"} {
		found := links.FindAllStringSubmatch(p.get(page).want(t, http.StatusOK).body, -1)
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
	target, err := url.Parse(p.base + "/")
	if err == nil {
		target, err = target.Parse(path)
	}
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(target.String(), p.base+"/") {
		t.Errorf("%s leads out of the prefix", path)
		return
	}
	p.get(strings.TrimPrefix(target.String(), p.base)).want(t, http.StatusOK)
}

func (p *proxied) oddPaths(t *testing.T) {
	site := p.post("alice", "/sites", `{"name":"a/b: c","address":"a"}`).want(t, http.StatusCreated).id(t)
	p.post("admin", "/sites/"+site+":approve", "").want(t, http.StatusNoContent)
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
		a := p.get(path)
		if strings.HasPrefix(path, "/..") || strings.Contains(path, "%00") {
			if a.status != http.StatusNotFound && a.status != http.StatusBadRequest { // the proxy's, or ours
				t.Errorf("%s\nwant 400 or 404", a)
			}
			continue
		}
		if a.status != status {
			t.Errorf("%s\nwant %d", a, status)
		}
		if strings.Contains(path, "name=") || strings.Contains(path, "terms=") {
			if items := a.items(t); len(items) != 1 {
				t.Errorf("%s\nwant one", a)
			}
		}
	}
}

func (p *proxied) oneCORSHeader(t *testing.T) {
	for _, c := range []call{
		{method: "GET", path: "/sites"}, {method: "GET", path: "/nope"}, {method: "POST", path: "/sites"}, {method: "OPTIONS", path: "/sites"},
	} {
		c.header = http.Header{"Origin": {"https://front.example.org"}, "Access-Control-Request-Method": {"POST"}}
		a := p.do(c)
		if got := a.header.Values("Access-Control-Allow-Origin"); len(got) != 1 || got[0] != "*" {
			t.Errorf("%s\nhas the headers %q", a, got)
		}
		if c.method == "OPTIONS" && (a.status != http.StatusNoContent || len(a.header.Values("Access-Control-Allow-Headers")) != 1) {
			t.Errorf("%s\n%v", a, a.header)
		}
	}
}

// clientAddress: it is logged, not the proxy's, and not what the client says of itself.
func (p *proxied) clientAddress(t *testing.T) {
	p.do(call{method: "GET", path: "/sites", header: http.Header{
		"X-Request-Id": {"whose-address"}, "X-Forwarded-For": {"203.0.113.9"}, "X-Real-Ip": {"203.0.113.9"}, "Forwarded": {"for=203.0.113.9"},
	}}).want(t, http.StatusOK)
	var line string
	eventually(t, "a line in the log", func() bool {
		for line = range strings.Lines(p.logs.tail(1 << 20)) {
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
	page := openBrowser(t, p.origin, chromedp.Flag("ignore-certificate-errors", true))
	page.run("open the page", chromedp.Navigate(p.base+"/"), chromedp.WaitVisible("#operations-users-GetSelf"))
	page.run("click alice", chromedp.Click(`#accounts button[data-account="alice"]`), chromedp.WaitReady(`#accounts button[aria-pressed="true"]`))
	page.run("unfold GetSelf", chromedp.Click("#operations-users-GetSelf .opblock-summary-control"))
	if got := page.execute("GetSelf"); !strings.Contains(got, `"sub": "alice"`) {
		t.Errorf("GetSelf after a click on alice shows\n%s", got)
	}
	page.complain()
}

func (p *proxied) noOtherProtocol(t *testing.T) {
	p.do(call{method: "GET", path: "/sites", header: http.Header{
		"Connection": {"Upgrade"}, "Upgrade": {"websocket"}, "Sec-Websocket-Version": {"13"}, "Sec-Websocket-Key": {"dGhlIHNhbXBsZSBub25jZQ=="},
	}}).want(t, http.StatusOK)
}

// large: up to the server's limits everything arrives, and it is the server that
// says what is beyond.
func (p *proxied) large(t *testing.T) {
	g := p.newGround("large")
	document := func(size int) string { return fmt.Sprintf(`{"score":1,"text":%q}`, strings.Repeat("x", size)) }
	id := p.post("alice", g.query(""), document(1<<20-100)).want(t, http.StatusCreated).id(t)
	if a := p.get("/results/"+id).want(t, http.StatusOK); len(a.body) < 1<<20-100 {
		t.Errorf("%d bytes came back", len(a.body))
	}
	// As curl does: it waits to be told whether it may send so much.
	tooMuch := call{method: http.MethodPost, path: g.query(""), as: "alice", body: document(1 << 20), header: http.Header{"Expect": {"100-continue"}}}
	if a := p.do(tooMuch); a.status != http.StatusRequestEntityTooLarge || !strings.Contains(a.body, `"code":413`) {
		t.Errorf("%s\nwant the server's 413", a)
	}
	query := "/results?per_page=1"
	for range 20 {
		query += "&filters=" + strings.Repeat("p", 1000) + "%20%3D%3D%201"
	}
	p.get(query).want(t, http.StatusOK)
}
