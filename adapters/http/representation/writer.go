package representation

import (
	"net/http"
	"strconv"
	"sync"

	"github.com/cespare/xxhash/v2"
	"github.com/gin-gonic/gin"
)

const (
	// bufferedBody is the size in bytes from which a body is not buffered as a whole.
	// Such a body is encoded twice: once for its entity tag, once for the client.
	bufferedBody = 1 << 20
	// chunk is the size in bytes from which a part of such a body is sent.
	chunk = 64 << 10
	// pooledBuffer is the capacity in bytes up to which a buffer is used again.
	pooledBuffer = 4 << 20
)

var buffers sync.Pool

func takeBuffer() []byte {
	if b, ok := buffers.Get().(*[]byte); ok {
		return (*b)[:0]
	}
	return nil
}

func giveBuffer(b []byte) {
	if cap(b) <= pooledBuffer {
		buffers.Put(&b)
	}
}

// bufferedWriter holds a body back until it is complete, or its hash is known: only
// then are the entity tag and the size known, and an error can still become a 500.
type bufferedWriter struct {
	gin.ResponseWriter
	body []byte
	// large is a body that is not buffered, nil for none; size is its size in bytes,
	// hash its hash.
	large Appender
	size  int
	hash  xxhash.Digest
}

// Write implements io.Writer.
func (w *bufferedWriter) Write(p []byte) (int, error) {
	w.body = append(w.body, p...)
	return len(p), nil
}

// WriteString implements io.StringWriter.
func (w *bufferedWriter) WriteString(s string) (int, error) {
	w.body = append(w.body, s...)
	return len(s), nil
}

// Written implements gin.ResponseWriter.
func (w *bufferedWriter) Written() bool {
	return len(w.body) > 0 || w.large != nil || w.ResponseWriter.Written()
}

// encode encodes a into the buffer, as the whole body. A body that becomes larger than
// bufferedBody is hashed in parts, and each part is forgotten.
func (w *bufferedWriter) encode(a Appender) {
	w.hash.Reset()
	forget := func(b []byte) []byte {
		w.size += len(b)
		_, _ = w.hash.Write(b) // writing to a hash never fails
		return b[:0]
	}
	w.body = appendLine(w.body[:0], a, func(b []byte) []byte {
		if len(b) < bufferedBody {
			return b
		}
		w.large = a
		return forget(b)
	})
	if w.large != nil {
		w.body = forget(w.body)
	}
}

// send sends the body in the form that the request asks for. Writing fails only if the
// client has closed the connection, so that errors of writing are ignored.
func (w *bufferedWriter) send(request *http.Request) {
	header := w.Header()
	if w.Status() != http.StatusOK {
		_, _ = w.ResponseWriter.Write(w.body)
		return
	}
	if w.large == nil {
		w.size = len(w.body)
		w.hash.Reset()
		_, _ = w.hash.Write(w.body) // writing to a hash never fails
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

// sendLarge encodes a body that is not buffered once more, and sends it in chunks.
func (w *bufferedWriter) sendLarge(coding string, headOnly bool) {
	if coding == "" {
		w.Header().Set("Content-Length", strconv.Itoa(w.size))
	}
	if headOnly {
		w.WriteHeaderNow()
		return
	}
	out, finish := compressTo(w.ResponseWriter, coding)
	var failed error
	write := func(b []byte) []byte {
		if failed == nil {
			_, failed = out.Write(b)
		}
		return b[:0]
	}
	w.body = write(appendLine(w.body[:0], w.large, func(b []byte) []byte {
		if len(b) < chunk {
			return b
		}
		return write(b)
	}))
	finish()
}
