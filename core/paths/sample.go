package paths

import (
	"bytes"
	"context"

	"github.com/eosc-perf/backend/core/document"
)

// The bounds of a Sample. Work is counted in units of about 5 ns, which is more than a byte takes: to parse and
// to visit many small values takes much longer than a long text, and members of objects take longer than elements
// of arrays.
const (
	// longDocument is the size in bytes from which documents come last: they could take the room and
	// the time of all others.
	longDocument = 256 << 10
	// mostWaiting bounds the documents that wait for the others, in bytes, and mostLongWork the work
	// on them.
	mostWaiting  = 16 << 20
	mostLongWork = 128 << 20
	// mostWork bounds the work on all other documents, mostRead the bytes of all documents, also those that
	// are skipped.
	mostWork = 512 << 20
	mostRead = 256 << 20
	// valueWork is what a value counts, and memberWork what a member of an object counts besides.
	valueWork  = 64
	memberWork = 192
)

// Sample adds documents to a Survey: all of them, or as many as a bounded work allows.
// Documents that are long or have very many paths of their own come last, and a part of them is skipped
// if they are many, so that they hide nothing that the others have.
type Sample struct {
	*Survey
	waiting              [][]byte
	waitingBytes         int
	work, longWork, read int
	skipped              bool
}

// NewSample returns an empty Sample.
func NewSample() *Sample { return &Sample{Survey: New()} }

// Skipped reports whether a document was not looked at.
func (s *Sample) Skipped() bool { return s.skipped }

// Offer takes a document, which may change when Offer has returned. It reports whether there is room
// for another one. Texts that are no documents are passed over. The error is that of a context that has ended.
func (s *Sample) Offer(ctx context.Context, text []byte) (more bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	work := workOn(text)
	if s.read += len(text); s.read > mostRead || s.work >= mostWork {
		s.skipped = true
		return false, nil
	}
	if len(text) > longDocument {
		s.wait(text, work)
		return true, nil
	}
	s.work += work
	value, err := document.Parse(ctx, text, document.StoredLimits)
	isDocument := err == nil // another program may have stored something else
	switch {
	case ctx.Err() != nil:
		return false, ctx.Err()
	case isDocument && s.Crowds(value):
		s.wait(text, 2*work) // it is parsed twice
	case isDocument:
		s.makeRoom()
		s.Add(value)
	}
	return true, nil
}

// wait keeps the text for the end, or skips it.
func (s *Sample) wait(text []byte, work int) {
	if s.waitingBytes+len(text) > mostWaiting || s.longWork+work > mostLongWork {
		s.skipped = true
		return
	}
	s.waitingBytes += len(text)
	s.longWork += work
	s.waiting = append(s.waiting, bytes.Clone(text))
}

// Finish adds the documents that have waited. The error is that of a context that has ended.
func (s *Sample) Finish(ctx context.Context) error {
	for i, text := range s.waiting {
		value, err := document.Parse(ctx, text, document.StoredLimits)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil {
			s.Add(value)
		}
		s.waiting[i] = nil
	}
	s.waiting = nil
	return nil
}

// workOn is the work on a document, about.
func workOn(text []byte) int {
	return len(text) + valueWork*(1+bytes.Count(text, []byte(","))) + memberWork*bytes.Count(text, []byte(`":`))
}
