package harness

import (
	"bytes"
	"io"
	"mime/multipart"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// Browser asks for pages as a browser without a script does: it keeps cookies, and follows
// redirects.
type Browser struct {
	t      testing.TB
	server *Server
	client *http.Client
}

// Sheet is a page that came back.
type Sheet struct {
	Status int
	// Path is where the redirects ended, with its query.
	Path string
	// HTML has plain spaces in the place of those that do not break.
	HTML string
}

// Browse opens a browser as a development account, or as nobody for "".
func (s *Server) Browse(t testing.TB, account string) *Browser {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	b := &Browser{t: t, server: s, client: &http.Client{Jar: jar, Transport: s.Transport}}
	if account != "" {
		b.LogIn(account, "/ui/")
	}
	return b
}

// Jar has the cookies of the browser.
func (b *Browser) Jar() http.CookieJar { return b.client.Jar }

var signInID = regexp.MustCompile(`name="id" value="([^"]+)"`)

// LogIn logs in by the development provider, and returns the page that follows.
func (b *Browser) LogIn(account, returnTo string) Sheet {
	b.t.Helper()
	page := b.Get("/ui/login?return_to=" + url.QueryEscape(returnTo))
	id := signInID.FindStringSubmatch(page.HTML)
	if id == nil {
		b.t.Fatalf("the login of %s leads to %s: %d\n%.500s", account, page.Path, page.Status, page.HTML)
	}
	return b.Post(page.Path, url.Values{"id": {id[1]}, "account": {account}})
}

// Get asks for a page.
func (b *Browser) Get(path string) Sheet {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodGet, b.server.Base+path, http.NoBody)
	if err != nil {
		b.t.Fatal(err)
	}
	return b.do(request)
}

// Post sends a form.
func (b *Browser) Post(path string, form url.Values) Sheet {
	b.t.Helper()
	return b.send(path, "application/x-www-form-urlencoded", strings.NewReader(form.Encode()))
}

// FormFile is a file of a form.
type FormFile struct{ Name, Text string }

// PostFiles sends a form with files in its field file.
func (b *Browser) PostFiles(path string, form url.Values, files ...FormFile) Sheet {
	b.t.Helper()
	var body bytes.Buffer
	writer := multipart.NewWriter(&body)
	for name, values := range form {
		for _, value := range values {
			if err := writer.WriteField(name, value); err != nil {
				b.t.Fatal(err)
			}
		}
	}
	for _, file := range files {
		part, err := writer.CreateFormFile("file", file.Name)
		if err == nil {
			_, err = io.WriteString(part, file.Text)
		}
		if err != nil {
			b.t.Fatal(err)
		}
	}
	if err := writer.Close(); err != nil {
		b.t.Fatal(err)
	}
	return b.send(path, writer.FormDataContentType(), &body)
}

func (b *Browser) send(path, contentType string, body io.Reader) Sheet {
	b.t.Helper()
	request, err := http.NewRequestWithContext(b.t.Context(), http.MethodPost, b.server.Base+path, body)
	if err != nil {
		b.t.Fatal(err)
	}
	request.Header.Set("Content-Type", contentType)
	request.Header.Set("Origin", b.server.Base)
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.do(request)
}

func (b *Browser) do(request *http.Request) Sheet {
	b.t.Helper()
	response, err := b.client.Do(request)
	if err != nil {
		b.t.Fatalf("%s %s: %v", request.Method, request.URL, err)
	}
	defer func() { _ = response.Body.Close() }()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		b.t.Fatal(err)
	}
	plain := strings.NewReplacer("\u00a0", " ", "\u202f", " ").Replace(string(text))
	return Sheet{response.StatusCode, response.Request.URL.RequestURI(), plain}
}

// content is what is between the frame of the page.
func (p Sheet) content() string {
	_, after, _ := strings.Cut(p.HTML, "<main")
	before, _, _ := strings.Cut(after, "</main>")
	return before
}

// Want fails the test unless the page has the status, and contains all texts.
func (p Sheet) Want(t testing.TB, status int, texts ...string) Sheet {
	t.Helper()
	if p.Status != status {
		t.Fatalf("%s: %d, want %d\n%.3000s", p.Path, p.Status, status, p.content())
	}
	for _, text := range texts {
		if !strings.Contains(p.HTML, text) {
			t.Errorf("%s has no %q\n%.3000s", p.Path, text, p.content())
		}
	}
	return p
}

// Lacks fails the test if the page contains one of the texts.
func (p Sheet) Lacks(t testing.TB, texts ...string) Sheet {
	t.Helper()
	for _, text := range texts {
		if strings.Contains(p.HTML, text) {
			t.Errorf("%s has %q", p.Path, text)
		}
	}
	return p
}
