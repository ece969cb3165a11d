package web

import (
	"io"
	"net/http"

	"github.com/eosc-perf/backend/adapters/http/middleware"
	"github.com/eosc-perf/backend/core/document"
)

// copies is how often the text of a form is in memory while its answer is made: as it came, as
// fields, and in the page that has it again.
const copies = 4

// receiving is a route whose form is received within a limit of bytes before anything is done
// with it, and whose client then waits until there is memory for it: a client that sends slowly
// keeps nobody waiting.
func (s *Site) receiving(limit int64, of route) route {
	handle := of.handler
	of.handler = func(r *Request) (Answer, error) {
		if s.config.Answers.Spool == nil || s.config.Shares == nil {
			r.Body = http.MaxBytesReader(nil, r.Body, limit)
			return handle(r)
		}
		client := middleware.RecordOf(r.Context()).Client
		received := s.config.Answers.Spool.NewBuffer(client)
		defer received.Close()
		if _, err := received.ReadFrom(http.MaxBytesReader(r.writer, r.Body, limit)); err != nil {
			if err = formError(err); err == error(errLargeUpload) && limit != uploadBytes { //nolint:errorlint // the very error
				err = errLargeForm
			}
			return nil, err
		}
		memory := copies*received.Size() + document.MemoryPerByte*min(received.Size(), s.config.documents().Bytes)
		share, err := s.config.Shares.Write(r.Context(), client, memory)
		if err != nil {
			return nil, err
		}
		defer share.Release()
		r.Body = io.NopCloser(io.NewSectionReader(received, 0, int64(received.Size())))
		return handle(r)
	}
	return of
}
