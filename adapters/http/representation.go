package http

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"github.com/cespare/xxhash/v2"
	"github.com/danielgtaylor/huma/v2/negotiation"
	"github.com/gin-gonic/gin"

	"github.com/eosc-perf/backend/ports"
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
	if held.large == nil { // what was read is written: a slow reader holds no room
		if room, ok := ports.RoomOf(c.Request.Context()).(*reservation); ok {
			room.release()
		}
	}
	held.send(c.Request)
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

const (
	// heldBody is the size in bytes from which a body is not kept as a whole. It is
	// written twice then: once for its entity tag, and once for the client.
	heldBody = 1 << 20
	// piece is the size in bytes of what is sent of such a body at once.
	piece = 64 << 10
)

// heldWriter keeps a body back until all of it is there, or known.
type heldWriter struct {
	gin.ResponseWriter
	body []byte
	// large is a body that is not kept: it is of this size, and has this hash.
	large appender
	size  int
	hash  xxhash.Digest
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

// encode writes a body, which is all there is.
func (w *heldWriter) encode(a appender) {
	w.hash.Reset()
	pass := func(b []byte) []byte {
		w.size += len(b)
		_, _ = w.hash.Write(b) // a hash takes everything
		return b[:0]
	}
	w.body = appendLine(w.body[:0], a, func(b []byte) []byte {
		if len(b) < heldBody {
			return b
		}
		w.large = a
		return pass(b)
	})
	if w.large != nil {
		w.body = pass(w.body)
	}
}

// Written implements gin.ResponseWriter.
func (w *heldWriter) Written() bool {
	return len(w.body) > 0 || w.large != nil || w.ResponseWriter.Written()
}

// send writes the body in the form that the request asks for. Errors of writing
// mean that the client is gone: nobody is left to tell.
func (w *heldWriter) send(request *http.Request) {
	header := w.Header()
	if w.Status() != http.StatusOK {
		_, _ = w.ResponseWriter.Write(w.body)
		return
	}
	if w.large == nil {
		w.size = len(w.body)
		w.hash.Reset()
		_, _ = w.hash.Write(w.body) // a hash takes everything
	}
	header.Add("Vary", "Accept-Encoding")
	coding := chooseCoding(request.Header, w.size)
	tag := entityTag(w.hash.Sum64(), w.size, coding)
	header.Set("ETag", tag)
	if matches(request.Header, tag) {
		header.Del("Content-Type")
		w.WriteHeader(http.StatusNotModified)
		w.WriteHeaderNow()
		return
	}
	if coding != "" {
		header.Set("Content-Encoding", coding)
	}
	if w.large != nil {
		w.sendLarge(coding, request.Method == http.MethodHead)
		return
	}
	body := w.body
	if coding != "" {
		body = compressions[coding](body)
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	_, _ = w.ResponseWriter.Write(body)
}

// sendLarge writes a body that was not kept once more, piece by piece.
func (w *heldWriter) sendLarge(coding string, headOnly bool) {
	if coding == "" {
		w.Header().Set("Content-Length", strconv.Itoa(w.size))
	}
	if headOnly {
		w.WriteHeaderNow()
		return
	}
	out, finish := compressed(w.ResponseWriter, coding)
	var gone error
	write := func(b []byte) []byte {
		if gone == nil {
			_, gone = out.Write(b)
		}
		return b[:0]
	}
	w.body = write(appendLine(w.body[:0], w.large, func(b []byte) []byte {
		if len(b) < piece {
			return b
		}
		return write(b)
	}))
	finish()
}

// entityTag is a strong one: another for each coding of a body. It is no secret
// and no proof, so a fast hash will do.
func entityTag(hash uint64, size int, coding string) string {
	if coding != "" {
		coding = "-" + coding
	}
	return fmt.Sprintf(`"%016x-%x%s"`, hash, size, coding)
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
	for _, coding := range codings {
		// The library takes the first of the allowed ones even where it is refused:
		// hence one before that nobody names.
		if negotiation.SelectQValue(accepted, []string{"\x00", coding}) == coding {
			return coding
		}
	}
	return ""
}
