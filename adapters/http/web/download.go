package web

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/adapters/http/web/draw"
	"github.com/eosc-perf/backend/adapters/http/web/files"
)

// download is what a page offers as files. What is nil or zero is not offered. The functions
// are called for the format that is asked for only.
type download struct {
	// Words are the parts of the name of the file: benchmark, view, set.
	Words    []string
	Table    func() (files.Table, error)
	Sheet    func() (draw.Sheet, error)
	Citation func() (files.Citation, error)
}

// mediaTypes are those of the formats.
var mediaTypes = map[string]string{
	"csv": "text/csv; charset=utf-8; header=present", "json": "application/json", "ndjson": "application/x-ndjson",
	"md": "text/markdown; charset=utf-8", "svg": "image/svg+xml", "png": "image/png", "pdf": "application/pdf",
	"bib": "application/x-bibtex; charset=utf-8",
}

// downloaded is the file of the format that the request asks for.
func (s *Site) downloaded(r *Request, d download) (Answer, error) {
	body, err := s.fileOf(r, d)
	if err != nil {
		return nil, err
	}
	file := File{Name: files.Name(r.Format, d.Words...), Type: mediaTypes[r.Format], Body: body}
	file.Figure = isFigure(r.Format)
	return file, nil
}

func isFigure(format string) bool { return format == "svg" || format == "png" || format == "pdf" }

func (s *Site) fileOf(r *Request, d download) ([]byte, error) {
	switch r.Format {
	case "csv", "json", "ndjson", "md":
		if d.Table != nil {
			return tableFile(r.Format, d.Table)
		}
	case "svg", "png", "pdf":
		if d.Sheet != nil {
			return s.figureFile(r.Context(), r.Format, d.Sheet)
		}
	case "bib":
		if d.Citation != nil {
			citation, err := d.Citation()
			return citation.BibTeX(), err
		}
	}
	return nil, errNoPage
}

func tableFile(format string, of func() (files.Table, error)) ([]byte, error) {
	table, err := of()
	if err != nil {
		return nil, err
	}
	switch format {
	case "json":
		return table.JSON(), nil
	case "ndjson":
		return table.NDJSON(), nil
	case "md":
		return table.Markdown(), nil
	}
	return table.CSV(), nil
}

const (
	// mostRenderings is how many figures are made of dots or set as pages at a time: each
	// keeps a core busy for a quarter of a second.
	mostRenderings = 2
	// patience is how long a request waits for its turn.
	patience = 250 * time.Millisecond
)

// errManyFigures is the answer to a figure whose turn does not come.
var errManyFigures = problem.New(http.StatusServiceUnavailable, map[string]any{
	"error": "Too many figures are being drawn. Try again in a second.",
}).WithHeader("Retry-After", "1")

func (s *Site) figureFile(ctx context.Context, format string, of func() (draw.Sheet, error)) ([]byte, error) {
	sheet, err := of()
	if err != nil || format == "svg" {
		return sheet.SVG(), err
	}
	turn := time.NewTimer(patience)
	defer turn.Stop()
	select {
	case s.renderings <- struct{}{}:
		defer func() { <-s.renderings }()
	case <-turn.C:
		return nil, errManyFigures
	case <-ctx.Done():
		return nil, fmt.Errorf("wait for a figure: %w", ctx.Err())
	}
	var body []byte
	if format == "png" {
		body, err = sheet.PNG()
	} else {
		body, err = sheet.PDF(time.Now())
	}
	if err != nil {
		return nil, fmt.Errorf("draw a figure: %w", err)
	}
	return body, nil
}
