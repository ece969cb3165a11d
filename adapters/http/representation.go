package http

import (
	"bytes"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/cespare/xxhash/v2"
	"github.com/danielgtaylor/huma/v2/negotiation"
	"github.com/gin-gonic/gin"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// compressible is the size in bytes from which compression pays.
const compressible = 1024

// represent gives the answers of reads an entity tag, sends 304 to those who have
// them already, and compresses them for those who ask for it (RFC 9110, sections
// 8.4, 8.8.3, 12.5.3 and 13.1.2). Errors pass through as they are.
func represent(c *gin.Context) {
	held := &heldWriter{ResponseWriter: c.Writer, body: takeBuffer()}
	c.Writer = held
	defer func() {
		c.Writer = held.ResponseWriter
		giveBuffer(held.body)
	}()
	c.Next()
	held.send(c.Request.Header)
}

// keptBuffer is the largest buffer in bytes that is kept for the next answer.
const keptBuffer = 4 << 20

var buffers sync.Pool

func takeBuffer() []byte {
	if b, ok := buffers.Get().(*[]byte); ok {
		return (*b)[:0]
	}
	return nil
}

func giveBuffer(b []byte) {
	if cap(b) <= keptBuffer {
		buffers.Put(&b)
	}
}

// heldWriter keeps a body back until all of it is there.
type heldWriter struct {
	gin.ResponseWriter
	body []byte
}

// Write implements io.Writer.
func (w *heldWriter) Write(p []byte) (int, error) {
	w.body = append(w.body, p...)
	return len(p), nil
}

// WriteString implements io.StringWriter.
func (w *heldWriter) WriteString(s string) (int, error) {
	w.body = append(w.body, s...)
	return len(s), nil
}

// Written implements gin.ResponseWriter.
func (w *heldWriter) Written() bool { return len(w.body) > 0 || w.ResponseWriter.Written() }

// send writes the body in the form that the request asks for. Errors of writing
// mean that the client is gone: nobody is left to tell.
func (w *heldWriter) send(asked http.Header) {
	body, header := w.body, w.Header()
	if w.Status() != http.StatusOK {
		_, _ = w.ResponseWriter.Write(body)
		return
	}
	header.Add("Vary", "Accept-Encoding")
	coding := chooseCoding(asked, len(body))
	tag := entityTag(body, coding)
	header.Set("ETag", tag)
	if matches(asked, tag) {
		header.Del("Content-Type")
		w.WriteHeader(http.StatusNotModified)
		w.WriteHeaderNow()
		return
	}
	if coding != "" {
		header.Set("Content-Encoding", coding)
		body = codings[coding](body)
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.ResponseWriter.Write(body)
}

// entityTag is a strong one: another for each coding of a body. It is no secret
// and no proof, so a fast hash will do.
func entityTag(body []byte, coding string) string {
	if coding != "" {
		coding = "-" + coding
	}
	return fmt.Sprintf(`"%016x-%x%s"`, xxhash.Sum64(body), len(body), coding)
}

// matches compares weakly, as If-None-Match wants.
func matches(asked http.Header, tag string) bool {
	for _, list := range asked.Values("If-None-Match") {
		for known := range strings.SplitSeq(list, ",") {
			known = strings.TrimPrefix(strings.TrimSpace(known), "W/")
			if known == tag || known == "*" {
				return true
			}
		}
	}
	return false
}

// chooseCoding returns the coding to send, "" for none: zstd before gzip, of those
// that the client names and does not refuse.
func chooseCoding(asked http.Header, size int) string {
	accepted := strings.ToLower(strings.Join(asked.Values("Accept-Encoding"), ","))
	if accepted == "" || size < compressible {
		return ""
	}
	for _, coding := range []string{"zstd", "gzip"} {
		// The library takes the first of the allowed ones even where it is refused:
		// hence one before that nobody names.
		if negotiation.SelectQValue(accepted, []string{"\x00", coding}) == coding {
			return coding
		}
	}
	return ""
}

// codings compress a whole body.
var codings = map[string]func([]byte) []byte{"gzip": compressGzip, "zstd": compressZstd}

var gzipWriters = sync.Pool{New: func() any {
	w, _ := gzip.NewWriterLevel(nil, gzip.BestSpeed) // the level is a good one
	return w
}}

func compressGzip(body []byte) []byte {
	w, ok := gzipWriters.Get().(*gzip.Writer)
	if !ok {
		panic("a pool of gzip writers holds something else")
	}
	defer gzipWriters.Put(w)
	var out bytes.Buffer
	out.Grow(len(body) / 4)
	w.Reset(&out)
	_, _ = w.Write(body) // a buffer takes everything
	_ = w.Close()
	return out.Bytes()
}

// zstdWriter may be used by many at once. Its window bounds the memory that it
// and clients need.
var zstdWriter = sync.OnceValue(func() *zstd.Encoder {
	w, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(1<<20), zstd.WithLowerEncoderMem(true))
	if err != nil {
		panic(err) // the options are good ones
	}
	return w
})

func compressZstd(body []byte) []byte {
	return zstdWriter().EncodeAll(body, slices.Grow([]byte(nil), len(body)/4))
}
