package web

import (
	"bytes"
	"errors"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/eosc-perf/backend/adapters/http/web/draw"
	"github.com/eosc-perf/backend/adapters/http/web/files"
)

func figureOnly() download {
	return download{Words: []string{"c-ray", "by flavor"}, Sheet: func() (draw.Sheet, error) {
		return draw.Lanes{Scale: draw.NewScale([]float64{1, 2}, draw.Auto)}.Sheet(draw.Legend{Title: "c-ray"}), nil
	}}
}

func formatRequest(t *testing.T, format string) *Request {
	t.Helper()
	return &Request{Request: httptest.NewRequestWithContext(t.Context(), "GET", "/ui/compare."+format, nil), Format: format}
}

func TestPagesAnswerTheirFormats(t *testing.T) {
	s := &Site{renderings: make(chan struct{}, mostRenderings)}
	all := figureOnly()
	all.Table = func() (files.Table, error) { return files.Table{Columns: []files.Column{{Name: "a"}}}, nil }
	all.Citation = func() (files.Citation, error) { return files.Citation{Set: "9c417e02"}, nil }
	for format, begin := range map[string]string{
		"csv": "a\r\n", "json": "{", "ndjson": "", "md": "#", "svg": "<svg", "png": "\x89PNG", "pdf": "%PDF-", "bib": "@misc{",
	} {
		answer, err := s.downloaded(formatRequest(t, format), all)
		if err != nil {
			t.Errorf("%s: %v", format, err)
			continue
		}
		file, ok := answer.(File)
		if !ok || !bytes.HasPrefix(file.Body, []byte(begin)) || file.Name != "eosc-perf-c-ray-by-flavor."+format || file.Type == "" {
			t.Errorf("%s: %q is %s: %.20q", format, file.Name, file.Type, file.Body)
		}
		if isFigure := slices.Contains([]string{"svg", "png", "pdf"}, format); file.Figure != isFigure {
			t.Errorf("%s: shown on other sites is %t", format, file.Figure)
		}
	}
	if _, err := s.downloaded(formatRequest(t, "csv"), figureOnly()); !errors.Is(err, errNoPage) {
		t.Errorf("a format without content: %v", err)
	}
}

func TestFiguresBeyondTwoAtATimeAreRefused(t *testing.T) {
	s := &Site{renderings: make(chan struct{}, mostRenderings)}
	for range mostRenderings {
		s.renderings <- struct{}{}
	}
	for _, format := range []string{"png", "pdf"} {
		if _, err := s.downloaded(formatRequest(t, format), figureOnly()); !errors.Is(err, errManyFigures) {
			t.Errorf("%s while two are drawn: %v", format, err)
		}
	}
	if _, err := s.downloaded(formatRequest(t, "svg"), figureOnly()); err != nil {
		t.Errorf("an SVG needs no turn: %v", err)
	}
	<-s.renderings
	if _, err := s.downloaded(formatRequest(t, "png"), figureOnly()); err != nil || len(s.renderings) != mostRenderings-1 {
		t.Errorf("a figure in its turn: %v, %d are drawn", err, len(s.renderings))
	}
}
