// Package representation turns the bodies of answers into what clients asked for: it
// encodes JSON, compresses, gives entity tags, and sends as fast as the client reads.
//
// The package knows nothing of the API's operations and wire types.
package representation

import (
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2/negotiation"
	"github.com/gin-gonic/gin"

	"github.com/eosc-perf/backend/adapters/http/spool"
)

// compressible is the size in bytes from which a body is compressed.
const compressible = 1024

// Answers is how answers are sent.
type Answers struct {
	// Spool keeps the bodies that clients have not read yet.
	Spool *spool.Spool
	// Timeout is how long a client may take for each MiB of a large body.
	Timeout time.Duration
	Log     *slog.Logger
}

// Handle sends answers when they are complete. It gives the answers of reads an entity
// tag, answers 304 to clients that have the current representation already, and
// compresses for clients that accept it (RFC 9110, sections 8.4, 8.8.3, 12.5.3 and
// 13.1.2). Answers other than 200 are sent as they are.
func (a Answers) Handle(c *gin.Context) {
	buffered := &bufferedWriter{ResponseWriter: c.Writer, answers: a, request: c.Request, body: takeBuffer()}
	c.Writer = buffered
	defer func() {
		c.Writer = buffered.ResponseWriter
		buffered.close()
	}()
	c.Next()
	buffered.send()
}

// entityTag returns a strong entity tag, a different one for each coding of a body. A
// tag is no secret and proves nothing, so a fast hash is enough.
func entityTag(hash uint64, size int, coding string) string {
	if coding != "" {
		coding = "-" + coding
	}
	return fmt.Sprintf(`"%016x-%x%s"`, hash, size, coding)
}

// matches reports whether If-None-Match names the tag, by the weak comparison that RFC
// 9110 requires there.
func matches(request http.Header, tag string) bool {
	for _, list := range request.Values("If-None-Match") {
		for known := range strings.SplitSeq(list, ",") {
			known = strings.TrimPrefix(strings.TrimSpace(known), "W/")
			if known == tag || known == "*" {
				return true
			}
		}
	}
	return false
}

// chooseCoding returns the coding of a body of this size in bytes, "" for none: the
// best of the codings that the client names and does not refuse.
func chooseCoding(request http.Header, size int) string {
	accepted := strings.ToLower(strings.Join(request.Values("Accept-Encoding"), ","))
	if accepted == "" || size < compressible {
		return ""
	}
	for _, coding := range codings {
		if accepts(accepted, coding) {
			return coding
		}
	}
	return ""
}

// Accepts is whether a client names a content coding and does not refuse it.
func Accepts(request http.Header, coding string) bool {
	accepted := strings.ToLower(strings.Join(request.Values("Accept-Encoding"), ","))
	return accepted != "" && accepts(accepted, coding)
}

func accepts(accepted, coding string) bool {
	// SelectQValue returns the first of the allowed codings even where the client
	// refuses it: hence one before that no client names.
	return negotiation.SelectQValue(accepted, []string{"\x00", coding}) == coding
}
