package representation

import (
	"errors"
	"io"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/cespare/xxhash/v2"
	"github.com/gin-gonic/gin"

	"github.com/eosc-perf/backend/adapters/http/middleware"
	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/adapters/http/spool"
)

const (
	// bufferedBody is the size in bytes up to which a body is in memory as a whole. What
	// is longer goes into the spool, in parts of the size spooledPart at least.
	bufferedBody = 1 << 20
	spooledPart  = 256 << 10
	// pooledBuffer is the capacity in bytes up to which a buffer is used again.
	pooledBuffer = 4 << 20
	// sentPart is how many bytes of a body from the spool are sent at once, timedPart how
	// many a client must read within the timeout.
	sentPart  = 64 << 10
	timedPart = 1 << 20
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

// bufferedWriter holds a body back until it is complete: only then are the entity tag
// and the size known, and an error can still become another answer.
type bufferedWriter struct {
	gin.ResponseWriter
	answers Answers
	request *http.Request
	// body is the whole body, or the part that is not in the spool yet.
	body []byte
	// large is a body in the spool, nil for none. Such a body is compressed on the way.
	large  *spool.Buffer
	coding string
	coder  io.Writer
	finish func()
	// size and hash are those of the body before it is compressed.
	size int
	hash xxhash.Digest
	// failed is why the spool cannot take the body.
	failed error
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

// stopEncoding is what a panic carries that ends the work on a body that nobody gets.
type stopEncoding struct{}

// encode encodes a, as the whole body. The answer to a write is in memory at first: once
// something is changed, it may not fail any more.
func (w *bufferedWriter) encode(a Appender) {
	defer func() {
		if r := recover(); r != nil && r != (stopEncoding{}) {
			panic(r)
		}
	}()
	if !w.isRead() {
		w.body = appendLine(w.body[:0], a, NoFlush)
		return
	}
	w.body = appendLine(w.body[:0], a, func(b []byte) []byte {
		if w.large == nil && len(b) < bufferedBody || w.large != nil && len(b) < spooledPart {
			return b
		}
		return w.spool(b)
	})
	if w.large != nil {
		w.body = w.spool(w.body)
		w.finish()
		w.failed = w.large.Err() // also that of the compression's last part
	}
}

// Size returns how many bytes the body has that was encoded by an Answers, before it is compressed; 0 if
// the writer is another one.
func Size(w gin.ResponseWriter) int {
	if buffered, ok := w.(*bufferedWriter); ok {
		return max(buffered.size, len(buffered.body))
	}
	return 0
}

// spool moves b, the next part of the body, into the spool, and returns the empty buffer.
func (w *bufferedWriter) spool(b []byte) []byte {
	if w.large == nil {
		w.large = w.answers.Spool.NewBuffer(w.client())
		w.hash.Reset()
		w.coding = chooseCoding(w.request.Header, len(b))
		w.coder, w.finish = compressTo(w.large, w.coding)
	}
	w.size += len(b)
	_, _ = w.hash.Write(b) // writing to a hash never fails
	if _, w.failed = w.coder.Write(b); w.failed != nil {
		w.finish()
		panic(stopEncoding{})
	}
	return b[:0]
}

func (w *bufferedWriter) client() string { return middleware.RecordOf(w.request.Context()).Client }

// isRead reports whether the answer is the representation of what was asked for.
func (w *bufferedWriter) isRead() bool {
	return w.Status() == http.StatusOK && (w.request.Method == http.MethodGet || w.request.Method == http.MethodHead)
}

// send sends the body in the form that the request asks for. Writing fails only if the
// client has closed the connection, so that errors of writing are ignored.
func (w *bufferedWriter) send() {
	if w.failed != nil {
		problem.From(w.request.Context(), w.answers.Log, w.failed).Write(w.ResponseWriter)
		return
	}
	if w.isRead() {
		if w.large == nil {
			w.size = len(w.body)
			w.hash.Reset()
			_, _ = w.hash.Write(w.body) // writing to a hash never fails
			w.coding = chooseCoding(w.request.Header, w.size)
		}
		if w.hasClientThis() {
			return
		}
	}
	if w.large != nil {
		w.Header().Set("Content-Length", strconv.Itoa(w.large.Size()))
		w.sendLarge()
		return
	}
	if len(w.body) == 0 {
		return
	}
	if w.coding != "" {
		w.replaceBody(compressions[w.coding](w.body))
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(w.body)))
	release, held := w.answers.Spool.Hold(w.client(), len(w.body))
	if !held {
		w.sendFromSpool()
		return
	}
	defer release()
	_, _ = w.ResponseWriter.Write(w.body)
}

// hasClientThis sets the headers of a read, and answers 304 to a client that has the
// current representation already.
func (w *bufferedWriter) hasClientThis() bool {
	header := w.Header()
	header.Add("Vary", "Accept-Encoding")
	tag := entityTag(w.hash.Sum64(), w.size, w.coding)
	header.Set("ETag", tag)
	if matches(w.request.Header, tag) {
		header.Del("Content-Type")
		w.WriteHeader(http.StatusNotModified)
		w.WriteHeaderNow()
		return true
	}
	if w.coding != "" {
		header.Set("Content-Encoding", w.coding)
	}
	return false
}

// sendFromSpool sends a body for which there is no room in memory. Only the answer to a
// write stays there if there is no other room either.
func (w *bufferedWriter) sendFromSpool() {
	w.large = w.answers.Spool.NewBuffer(w.client())
	if _, err := w.large.Write(w.body); err != nil {
		if !w.isRead() {
			_, _ = w.ResponseWriter.Write(w.body)
			return
		}
		for _, name := range []string{"Content-Length", "Content-Encoding", "ETag", "Vary"} {
			w.Header().Del(name)
		}
		problem.From(w.request.Context(), w.answers.Log, err).Write(w.ResponseWriter)
		return
	}
	w.replaceBody(nil)
	w.sendLarge()
}

// sendLarge sends a body from the spool, in parts. A client that reads too slowly
// loses its connection.
func (w *bufferedWriter) sendLarge() {
	if w.request.Method == http.MethodHead {
		w.WriteHeaderNow()
		return
	}
	connection := http.NewResponseController(w.ResponseWriter)
	part := make([]byte, sentPart)
	for sent := 0; sent < w.large.Size(); {
		if sent%timedPart == 0 {
			// Without a connection, in tests, there is nothing to bound.
			_ = connection.SetWriteDeadline(time.Now().Add(w.answers.Timeout))
		}
		n, err := w.large.ReadAt(part, int64(sent))
		if err != nil && !errors.Is(err, io.EOF) || n == 0 {
			w.answers.Log.ErrorContext(w.request.Context(), "read a temporary file", "error", err)
			panic(http.ErrAbortHandler) // the client must not take the part for the whole
		}
		if _, err := w.ResponseWriter.Write(part[:n]); err != nil {
			return
		}
		sent += n
	}
}

// replaceBody replaces the body, whose buffer is used again.
func (w *bufferedWriter) replaceBody(body []byte) {
	giveBuffer(w.body)
	w.body = body
}

// close frees what the body takes.
func (w *bufferedWriter) close() {
	giveBuffer(w.body)
	if w.large != nil {
		w.large.Close()
	}
}
