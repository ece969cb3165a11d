package http

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
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
