package representation

import (
	"bytes"
	"io"
	"log/slog"
	"math/rand/v2"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/eosc-perf/backend/adapters/http/middleware"
	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/adapters/http/spool"
)

// answers returns how the tests send answers.
func answers(t *testing.T) Answers {
	t.Helper()
	s, err := spool.New(t.TempDir(), 1<<30)
	if err != nil {
		t.Fatal(err)
	}
	return Answers{Spool: s, Timeout: time.Minute, Log: slog.New(slog.DiscardHandler)}
}

// serveBody serves one body at /, an error at /error and 204 at /nothing.
func serveBody(t *testing.T, body string) *httptest.Server {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	engine, handle := gin.New(), answers(t).Handle
	engine.GET("/", handle, func(c *gin.Context) { c.Data(http.StatusOK, "application/json", []byte(body)) })
	engine.HEAD("/", handle, func(c *gin.Context) { c.Data(http.StatusOK, "application/json", []byte(body)) })
	engine.GET("/error", handle, func(c *gin.Context) { problem.New(http.StatusNotFound, nil).Write(c.Writer) })
	engine.GET("/nothing", handle, func(c *gin.Context) { c.Status(http.StatusNoContent) })
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

func TestAnswersAreCompressedForClientsThatAcceptIt(t *testing.T) {
	s := serveBody(t, long)
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
	short := serveBody(t, `{}`)
	response, body := ask(t, http.MethodGet, short.URL, map[string]string{"Accept-Encoding": "gzip"})
	if response.Header.Get("Content-Encoding") != "" || string(body) != `{}` {
		t.Errorf("a short answer is %v %q, want it plain", response.Header, body)
	}
}

// texts is a list that is encoded in parts.
type texts []string

func (l texts) AppendJSON(b []byte, flush Flush) []byte {
	return AppendList(b, l, func(text string, b []byte, _ Flush) []byte { return AppendText(b, `{"text":`, text+"}") }, flush)
}

// serveLargeBody serves, at /, a list that is larger than what is buffered, and at
// /buffered the same bytes as a whole.
func serveLargeBody(t *testing.T) (s *httptest.Server, want string) {
	t.Helper()
	var list texts
	for i := range 3 {
		list = append(list, strings.Repeat("some text ", bufferedBody/20)+strconv.Itoa(i))
	}
	want = string(appendLine(nil, list, NoFlush))
	gin.SetMode(gin.ReleaseMode)
	engine, handle := gin.New(), answers(t).Handle
	serve := func(c *gin.Context) {
		c.Header("Content-Type", "application/json")
		if err := JSONFormat().Marshal(c.Writer, list); err != nil {
			t.Error(err)
		}
	}
	engine.GET("/", handle, serve)
	engine.HEAD("/", handle, serve)
	engine.GET("/buffered", handle, func(c *gin.Context) { c.Data(http.StatusOK, "application/json", []byte(want)) })
	s = httptest.NewServer(engine)
	t.Cleanup(s.Close)
	return s, want
}

// Nothing shows that an answer was in the spool.
func TestLargeAnswersComeFromTheSpool(t *testing.T) {
	s, want := serveLargeBody(t)
	for _, coding := range []string{"identity", "gzip", "zstd"} {
		header := map[string]string{"Accept-Encoding": coding}
		buffered, _ := ask(t, http.MethodGet, s.URL+"/buffered", header)
		tag := buffered.Header.Get("ETag")
		response, body := ask(t, http.MethodGet, s.URL, header)
		if plain := decode(t, response, body); string(plain) != want {
			t.Errorf("%s: %d bytes %.60q, want %d", coding, len(plain), plain, len(want))
		}
		if response.Header.Get("ETag") != tag || response.Header.Get("Content-Encoding") != buffered.Header.Get("Content-Encoding") {
			t.Errorf("%s: headers %v, want those of %v", coding, response.Header, buffered.Header)
		}
		head, body := ask(t, http.MethodHead, s.URL, header)
		if head.StatusCode != http.StatusOK || len(body) > 0 || head.Header.Get("ETag") != tag {
			t.Errorf("%s: HEAD is %d, %d bytes, %v", coding, head.StatusCode, len(body), head.Header)
		}
		if response.ContentLength <= 0 || head.ContentLength != response.ContentLength {
			t.Errorf("%s: Content-Length is %d, of HEAD %d", coding, response.ContentLength, head.ContentLength)
		}
		header["If-None-Match"] = tag
		if response, body := ask(t, http.MethodGet, s.URL, header); response.StatusCode != http.StatusNotModified || len(body) > 0 {
			t.Errorf("%s: %d with %d bytes for a client that has the answer", coding, response.StatusCode, len(body))
		}
	}
}

// countingAppender records how many bytes were in one buffer at most.
type countingAppender struct {
	parts, size int
	most        *int
}

func (a countingAppender) AppendJSON(b []byte, flush Flush) []byte {
	for range a.parts {
		b = append(b, make([]byte, a.size)...)
		*a.most = max(*a.most, len(b))
		b = flush(b)
	}
	return b
}

func TestLargeAnswersAreNotInMemory(t *testing.T) {
	most, size := 0, 0
	large := countingAppender{parts: 100, size: bufferedBody / 4, most: &most}
	gin.SetMode(gin.ReleaseMode)
	engine, handle := gin.New(), answers(t).Handle
	engine.GET("/", handle, func(c *gin.Context) {
		if err := JSONFormat().Marshal(c.Writer, large); err != nil {
			t.Error(err)
		}
		size = Size(c.Writer)
	})
	s := httptest.NewServer(engine)
	t.Cleanup(s.Close)
	for _, coding := range []string{"identity", "gzip"} {
		response, sent := ask(t, http.MethodGet, s.URL, map[string]string{"Accept-Encoding": coding})
		body := decode(t, response, sent)
		if want := large.parts*large.size + 1; len(body) != want || size != want || most > 2*bufferedBody {
			t.Errorf("%s: %d bytes, noted as %d, want %d; %d of them were buffered at once", coding, len(body), size, want, most)
		}
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

func TestClientsThatHaveTheAnswerGet304(t *testing.T) {
	s := serveBody(t, long)
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
					t.Errorf("%s in %s with If-None-Match %s: %d, %d bytes, %v; want %d",
						method, coding, known, response.StatusCode, len(body), response.Header, want)
				}
			}
		}
	}
	changed := serveBody(t, long+" ")
	first, _ := ask(t, http.MethodGet, s.URL, nil)
	response, _ := ask(t, http.MethodGet, changed.URL, map[string]string{"If-None-Match": first.Header.Get("ETag")})
	if response.StatusCode != http.StatusOK {
		t.Errorf("a changed answer is %d, want 200", response.StatusCode)
	}
}

func TestErrorsHaveNoEntityTag(t *testing.T) {
	s := serveBody(t, long)
	response, body := ask(t, http.MethodGet, s.URL+"/error", map[string]string{"If-None-Match": "*", "Accept-Encoding": "gzip"})
	if response.StatusCode != http.StatusNotFound || response.Header.Get("ETag") != "" || !strings.Contains(string(body), `"code":404`) {
		t.Errorf("%d %v %s", response.StatusCode, response.Header, body)
	}
	if response, body := ask(t, http.MethodGet, s.URL+"/nothing", nil); response.StatusCode != http.StatusNoContent || len(body) > 0 {
		t.Errorf("%d %s", response.StatusCode, body)
	}
}

// parts is a body of so many parts, which counts how often it is encoded.
type parts struct {
	count   int
	encoded *int
}

func (p parts) AppendJSON(b []byte, flush Flush) []byte {
	*p.encoded++
	for range p.count {
		b = flush(append(b, make([]byte, spooledPart)...))
	}
	return b
}

// serveParts serves the parts, with a space for large answers of so many bytes.
func serveParts(t *testing.T, count, space int) (url string, encoded *int, use func() int) {
	t.Helper()
	gin.SetMode(gin.ReleaseMode)
	engine, a, encoded := gin.New(), answers(t), new(int)
	var err error
	if a.Spool, err = spool.New(t.TempDir(), space); err != nil {
		t.Fatal(err)
	}
	engine.GET("/", a.Handle, func(c *gin.Context) {
		c.Header("Content-Type", "application/json")
		if err := JSONFormat().Marshal(c.Writer, parts{count: count, encoded: encoded}); err != nil {
			t.Error(err)
		}
	})
	s := httptest.NewServer(engine)
	t.Cleanup(s.Close)
	return s.URL, encoded, func() int { _, onDisk := a.Spool.Use(); return onDisk }
}

func TestLargeAnswersAreEncodedOnce(t *testing.T) {
	url, encoded, use := serveParts(t, 40, 1<<30)
	_, body := ask(t, http.MethodGet, url, nil)
	if len(body) != 40*spooledPart+1 || *encoded != 1 || use() != 0 {
		t.Errorf("%d bytes, encoded %d times, %d bytes kept", len(body), *encoded, use())
	}
}

// An answer for which there is no space is an error, and nothing of it is sent or kept.
func TestAnswersWithoutSpaceAreErrors(t *testing.T) {
	url, _, use := serveParts(t, 40, 20*spooledPart)
	for _, coding := range []string{"identity", "gzip"} {
		response, body := ask(t, http.MethodGet, url, map[string]string{"Accept-Encoding": coding})
		if coding == "gzip" {
			if response.StatusCode != http.StatusOK {
				t.Errorf("%d, want that a compressed answer of zeros fits", response.StatusCode)
			}
			continue
		}
		if response.StatusCode != http.StatusTooManyRequests || response.Header.Get("Retry-After") == "" ||
			response.Header.Get("ETag") != "" || !strings.Contains(string(body), `"code":429`) || use() != 0 {
			t.Errorf("%d %v %.80s, %d bytes kept; want 429 in the one form", response.StatusCode, response.Header, body, use())
		}
	}
}

// What is changed already is answered, whatever space there is.
func TestAnswersToWritesDoNotFail(t *testing.T) {
	gin.SetMode(gin.ReleaseMode)
	engine, a, encoded := gin.New(), answers(t), new(int)
	var err error
	if a.Spool, err = spool.New(t.TempDir(), 1); err != nil {
		t.Fatal(err)
	}
	for { // no room in memory either
		if _, held := a.Spool.Hold("127.0.0.1", 1<<20); !held {
			break
		}
	}
	engine.Use(middleware.Begin(time.Minute))
	engine.POST("/", a.Handle, func(c *gin.Context) {
		c.Status(http.StatusCreated)
		if err := JSONFormat().Marshal(c.Writer, parts{count: 8, encoded: encoded}); err != nil {
			t.Error(err)
		}
	})
	s := httptest.NewServer(engine)
	t.Cleanup(s.Close)
	response, body := ask(t, http.MethodPost, s.URL, nil)
	if response.StatusCode != http.StatusCreated || len(body) != 8*spooledPart+1 {
		t.Errorf("%d with %d bytes, want 201 with all", response.StatusCode, len(body))
	}
}

// noise cannot be compressed. It is the same each time.
type noise int

func (n noise) AppendJSON(b []byte, flush Flush) []byte {
	random := rand.NewChaCha8([32]byte{})
	for range n {
		part := make([]byte, spooledPart)
		_, _ = random.Read(part) // it never fails
		b = flush(append(b, part...))
	}
	return b
}

// A compressed answer whose last byte has no space is an error, and not a shorter answer.
func TestCompressedAnswersAreWholeOrErrors(t *testing.T) {
	gin.SetMode(gin.ReleaseMode)
	for _, coding := range []string{"gzip", "zstd"} {
		answer := func(space int) (*http.Response, []byte) {
			engine, a := gin.New(), answers(t)
			var err error
			if a.Spool, err = spool.New(t.TempDir(), 2*space); err != nil {
				t.Fatal(err)
			}
			engine.GET("/", a.Handle, func(c *gin.Context) {
				if err := JSONFormat().Marshal(c.Writer, noise(8)); err != nil {
					t.Error(err)
				}
			})
			s := httptest.NewServer(engine)
			defer s.Close()
			return ask(t, http.MethodGet, s.URL, map[string]string{"Accept-Encoding": coding})
		}
		whole, body := answer(1 << 30)
		if plain := decode(t, whole, body); len(plain) != 8*spooledPart+1 {
			t.Fatalf("%s: %d bytes", coding, len(plain))
		}
		if response, _ := answer(len(body) - 1); response.StatusCode != http.StatusTooManyRequests {
			t.Errorf("%s without space for the last byte: %d", coding, response.StatusCode)
		}
	}
}

// A client that reads nothing is cut off, and its answer takes no space any more.
func TestSlowReadersAreCutOff(t *testing.T) {
	gin.SetMode(gin.ReleaseMode)
	engine, a := gin.New(), answers(t)
	a.Timeout = 100 * time.Millisecond
	encoded, done := new(int), make(chan struct{})
	engine.GET("/", func(c *gin.Context) { defer close(done); c.Next() }, a.Handle, func(c *gin.Context) {
		if err := JSONFormat().Marshal(c.Writer, parts{count: 200, encoded: encoded}); err != nil {
			t.Error(err)
		}
	})
	s := httptest.NewServer(engine)
	t.Cleanup(s.Close)
	connection, err := new(net.Dialer).DialContext(t.Context(), "tcp", strings.TrimPrefix(s.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = connection.Close() }()
	if err := connection.(*net.TCPConn).SetReadBuffer(1 << 10); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(connection, "GET / HTTP/1.1\r\nHost: test\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	<-done
	if _, onDisk := a.Spool.Use(); onDisk != 0 {
		t.Errorf("%d bytes are kept", onDisk)
	}
}
