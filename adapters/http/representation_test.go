package http

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// represented serves one body at /, and an error at /error.
func represented(t *testing.T, body string) *httptest.Server {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.GET("/", represent, func(c *gin.Context) { c.Data(http.StatusOK, jsonType, []byte(body)) })
	engine.HEAD("/", represent, func(c *gin.Context) { c.Data(http.StatusOK, jsonType, []byte(body)) })
	engine.GET("/error", represent, func(c *gin.Context) { newError(http.StatusNotFound, nil).write(c.Writer) })
	engine.GET("/nothing", represent, func(c *gin.Context) { c.Status(http.StatusNoContent) })
	s := httptest.NewServer(engine)
	t.Cleanup(s.Close)
	return s
}

func ask(t *testing.T, method, url string, header map[string]string) (*http.Response, []byte) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Accept-Encoding", "identity") // else the client asks for gzip by itself
	for key, value := range header {
		request.Header.Set(key, value)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response, body
}

var long = `{"text":"` + strings.Repeat("all the same ", 1000) + `"}`

func TestAnswersAreCompressedForThoseWhoAsk(t *testing.T) {
	s := represented(t, long)
	tags := map[string]string{}
	for accepted, want := range map[string]string{
		"identity": "", "br, deflate": "", "gzip": "gzip", "GZIP;q=0.1": "gzip", "zstd": "zstd", "gzip, deflate, br, zstd": "zstd",
		"zstd;q=0, gzip": "gzip", "gzip;q=0": "", "gzip;q=0, zstd;q=0": "", "*": "", ";;,,=q": "", "gzip;q=x": "",
	} {
		response, body := ask(t, http.MethodGet, s.URL, map[string]string{"Accept-Encoding": accepted})
		if got := response.Header.Get("Content-Encoding"); got != want {
			t.Errorf("Accept-Encoding %q is answered with %q, want %q", accepted, got, want)
		}
		if plain := decode(t, response, body); string(plain) != long {
			t.Errorf("Accept-Encoding %q: the body is %.60q", accepted, plain)
		}
		if response.Header.Get("Vary") != "Accept-Encoding" || response.ContentLength != int64(len(body)) {
			t.Errorf("Accept-Encoding %q: headers %v", accepted, response.Header)
		}
		tags[want] = response.Header.Get("ETag")
	}
	if tags[""] == tags["gzip"] || tags["gzip"] == tags["zstd"] || strings.HasPrefix(tags["gzip"], "W/") {
		t.Errorf("tags %v, want a strong one for each coding", tags)
	}
	short := represented(t, `{}`)
	if response, body := ask(t, http.MethodGet, short.URL, map[string]string{"Accept-Encoding": "gzip"}); response.Header.Get("Content-Encoding") != "" || string(body) != `{}` {
		t.Errorf("a short answer is %v %q, want it plain", response.Header, body)
	}
}

// largeBody serves, at /, a page that is larger than what is kept, and at /kept
// the same bytes as they are.
func largeBody(t *testing.T) (s *httptest.Server, want string) {
	t.Helper()
	page := Tags{Total: 3}
	for i := range 3 {
		text := strings.Repeat("some text ", heldBody/20) + strconv.Itoa(i)
		page.Items = append(page.Items, Tag{Name: "tag", Description: &text})
	}
	want = string(appendLine(nil, page, keep))
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	serve := func(c *gin.Context) {
		c.Header("Content-Type", jsonType)
		if err := jsonFormat().Marshal(c.Writer, page); err != nil {
			t.Error(err)
		}
	}
	engine.GET("/", represent, serve)
	engine.HEAD("/", represent, serve)
	engine.GET("/kept", represent, func(c *gin.Context) { c.Data(http.StatusOK, jsonType, []byte(want)) })
	s = httptest.NewServer(engine)
	t.Cleanup(s.Close)
	return s, want
}

// TestLargeAnswersAreSentInPieces: and nobody can tell, but by Content-Length.
func TestLargeAnswersAreSentInPieces(t *testing.T) {
	s, want := largeBody(t)
	for _, coding := range []string{"identity", "gzip", "zstd"} {
		header := map[string]string{"Accept-Encoding": coding}
		kept, _ := ask(t, http.MethodGet, s.URL+"/kept", header)
		tag := kept.Header.Get("ETag")
		response, body := ask(t, http.MethodGet, s.URL, header)
		if plain := decode(t, response, body); string(plain) != want {
			t.Errorf("%s: %d bytes %.60q, want %d", coding, len(plain), plain, len(want))
		}
		if response.Header.Get("ETag") != tag || response.Header.Get("Content-Encoding") != kept.Header.Get("Content-Encoding") {
			t.Errorf("%s: headers %v, want those of %v", coding, response.Header, kept.Header)
		}
		head, body := ask(t, http.MethodHead, s.URL, header)
		if head.StatusCode != http.StatusOK || len(body) > 0 || head.Header.Get("ETag") != tag {
			t.Errorf("%s: HEAD is %d, %d bytes, %v", coding, head.StatusCode, len(body), head.Header)
		}
		if coding == "identity" && (response.ContentLength != int64(len(want)) || head.ContentLength != int64(len(want))) {
			t.Errorf("Content-Length is %d, of HEAD %d, want %d", response.ContentLength, head.ContentLength, len(want))
		}
		header["If-None-Match"] = tag
		if response, body := ask(t, http.MethodGet, s.URL, header); response.StatusCode != http.StatusNotModified || len(body) > 0 {
			t.Errorf("%s: %d with %d bytes for one who has it", coding, response.StatusCode, len(body))
		}
	}
}

// countingAppender counts how much of it was ever in one buffer.
type countingAppender struct {
	parts, size int
	most        *int
}

func (a countingAppender) appendJSON(b []byte, pass passOn) []byte {
	for range a.parts {
		b = append(b, make([]byte, a.size)...)
		*a.most = max(*a.most, len(b))
		b = pass(b)
	}
	return b
}

func TestLargeAnswersAreNotKept(t *testing.T) {
	most := 0
	large := countingAppender{parts: 100, size: heldBody / 4, most: &most}
	gin.SetMode(gin.ReleaseMode)
	engine := gin.New()
	engine.GET("/", represent, func(c *gin.Context) {
		if err := jsonFormat().Marshal(c.Writer, large); err != nil {
			t.Error(err)
		}
	})
	s := httptest.NewServer(engine)
	t.Cleanup(s.Close)
	_, body := ask(t, http.MethodGet, s.URL, nil)
	if want := large.parts*large.size + 1; len(body) != want || most > 2*heldBody {
		t.Errorf("%d bytes, want %d; %d of them were held at once", len(body), want, most)
	}
}

func decode(t *testing.T, response *http.Response, body []byte) []byte {
	t.Helper()
	var reader io.Reader = bytes.NewReader(body)
	var err error
	switch response.Header.Get("Content-Encoding") {
	case "gzip":
		reader, err = gzip.NewReader(reader)
	case "zstd":
		reader, err = zstd.NewReader(reader)
	}
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(reader)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

func TestThoseWhoHaveAnAnswerGet304(t *testing.T) {
	s := represented(t, long)
	for _, coding := range []string{"identity", "gzip", "zstd"} {
		first, _ := ask(t, http.MethodGet, s.URL, map[string]string{"Accept-Encoding": coding})
		tag := first.Header.Get("ETag")
		for known, want := range map[string]int{
			tag: 304, "W/" + tag: 304, `"other", ` + tag: 304, "*": 304,
			`"other"`: 200, strings.Trim(tag, `"`): 200, "": 200, tag[:len(tag)-1]: 200,
		} {
			for _, method := range []string{http.MethodGet, http.MethodHead} {
				response, body := ask(t, method, s.URL, map[string]string{"Accept-Encoding": coding, "If-None-Match": known})
				if response.StatusCode != want || want == 304 && len(body) > 0 || response.Header.Get("ETag") != tag {
					t.Errorf("%s in %s with If-None-Match %s: %d, %d bytes, %v; want %d", method, coding, known, response.StatusCode, len(body), response.Header, want)
				}
			}
		}
	}
	changed := represented(t, long+" ")
	first, _ := ask(t, http.MethodGet, s.URL, nil)
	if response, _ := ask(t, http.MethodGet, changed.URL, map[string]string{"If-None-Match": first.Header.Get("ETag")}); response.StatusCode != http.StatusOK {
		t.Errorf("a changed answer is %d, want 200", response.StatusCode)
	}
}

func TestErrorsHaveNoTags(t *testing.T) {
	s := represented(t, long)
	response, body := ask(t, http.MethodGet, s.URL+"/error", map[string]string{"If-None-Match": "*", "Accept-Encoding": "gzip"})
	if response.StatusCode != http.StatusNotFound || response.Header.Get("ETag") != "" || !strings.Contains(string(body), `"code":404`) {
		t.Errorf("%d %v %s", response.StatusCode, response.Header, body)
	}
	if response, body := ask(t, http.MethodGet, s.URL+"/nothing", nil); response.StatusCode != http.StatusNoContent || len(body) > 0 {
		t.Errorf("%d %s", response.StatusCode, body)
	}
}
