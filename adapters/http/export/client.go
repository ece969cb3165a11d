package export

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
	"unicode"
)

// ErrClientGone says that the client has closed the connection, or reads too slowly.
var ErrClientGone = errors.New("the client does not read")

const (
	// slowest is how many bytes a client must read in a second.
	slowest = 16 << 10
	// patience is how long a client may read nothing at all, if it was as fast before.
	patience = time.Minute
)

// paced writes to a client that must not be too slow: the rows come from one state of the
// database, which the database keeps as long as the client reads.
type paced struct {
	w       io.Writer
	control *http.ResponseController
	// slack is how long the next write may take.
	slack time.Duration
}

// NewClient returns a writer to the client of a response. It lifts the limits of the server for
// reading the request, which would end the response, and for writing the response.
func NewClient(w http.ResponseWriter) (io.Writer, error) {
	control := http.NewResponseController(w)
	if err := control.SetReadDeadline(time.Time{}); err != nil {
		return nil, fmt.Errorf("lift the time limit of a connection: %w", err)
	}
	return &paced{w: w, control: control, slack: patience}, nil
}

// Write implements io.Writer. The error is ErrClientGone.
func (p *paced) Write(b []byte) (int, error) {
	start := time.Now()
	p.slack = min(p.slack+time.Duration(len(b))*time.Second/slowest, patience)
	if err := p.control.SetWriteDeadline(start.Add(p.slack)); err != nil {
		return 0, fmt.Errorf("bound the time of a write: %w", err)
	}
	n, err := p.w.Write(b)
	p.slack -= time.Since(start)
	if err != nil {
		return n, fmt.Errorf("%w: %w", ErrClientGone, err)
	}
	return n, nil
}

// Disposition returns the content of the header Content-Disposition (RFC 6266) for a file of
// this name, which a client stores. Characters that are not for names of files are replaced.
func Disposition(name string) string {
	name = strings.Map(func(r rune) rune {
		if !unicode.IsPrint(r) || strings.ContainsRune(`/\:*?"<>|%`, r) {
			return '_'
		}
		return r
	}, name)
	name = strings.TrimLeft(name, ".")
	plain := strings.Map(func(r rune) rune {
		if r > '~' {
			return '_'
		}
		return r
	}, name)
	disposition := `attachment; filename="` + plain + `"`
	if plain != name {
		// RFC 8187, section 3.2
		disposition += "; filename*=UTF-8''" + strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
	}
	return disposition
}
