package web

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/eosc-perf/backend/adapters/http/export"
	"github.com/eosc-perf/backend/adapters/http/middleware"
	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/adapters/http/web/address"
	"github.com/eosc-perf/backend/adapters/http/web/files"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// exportFormats are the suffixes of the list of results that have all results that match, however
// many.
var exportFormats = []string{"csv", "json", "ndjson"}

// refusal is the answer to a file whose address has parts without effect: a program would not
// see that they are ignored. It has the form of the API.
func refusal(ignored []address.Ignored) error {
	reasons := map[string][]string{}
	for _, part := range ignored {
		reasons[part.Key] = append(reasons[part.Key], cmp.Or(part.Reason, problem.UnknownField))
	}
	fields := problem.FieldErrors{}
	for key, texts := range reasons {
		fields.Add(key, texts...)
	}
	return problem.New(http.StatusUnprocessableEntity, map[string]any{"query": fields})
}

// resultsFile is the file of all results that the address chooses, in its order and with its
// columns.
func (s *Site) resultsFile(r *Request) (Answer, error) {
	chosen, err := s.selection(r)
	if err != nil {
		return nil, err
	}
	ignored := slices.Concat(chosen.Ignored, placeOfFile(r.Query))
	columns, wrong := exportColumns(r.Query.Col)
	ignored = append(ignored, wrong...)
	chosen.Results.Sort, wrong = exportOrder(r.Query.Sort)
	if ignored = append(ignored, wrong...); len(ignored) > 0 {
		return nil, refusal(ignored)
	}
	words := []string{"results"}
	if len(chosen.Benchmarks) == 1 {
		words = []string{BenchmarkTitle(chosen.Benchmarks[0]), "results"}
	}
	return exported{query: chosen.Results, columns: columns, words: append(words, r.Query.Set)}, nil
}

// exportFields are the columns of pages and those of files.
var exportFields = map[string]string{
	"run": "execution_datetime", "uploaded": "upload_datetime", "benchmark": "benchmark_name", "site": "site_name", "flavor": "flavor_name",
}

// exportField is the field of a column of a page, ok is false if there is none.
func exportField(column string) (field string, path filter.Path, ok bool) {
	if text, inDocument := strings.CutPrefix(column, filter.JSONField+"."); inDocument {
		const parts = 32
		path, err := filter.ParsePath(text, parts)
		return filter.JSONField, path, err == nil && !path.HasAny()
	}
	if known, ok := exportFields[column]; ok {
		return known, nil, true
	}
	return column, nil, column == service.TagsColumn || slices.Contains(ports.ResultSort, column)
}

// exportColumns are the columns of a file, nil for those of the benchmark. The id comes first.
func exportColumns(names []string) (columns []service.Column, wrong []address.Ignored) {
	for _, name := range names {
		field, path, ok := exportField(name)
		if !ok {
			wrong = append(wrong, address.Ignored{Key: "col", Text: name, Reason: "There is no column " + name + "."})
			continue
		}
		columns = append(columns, service.Column{Field: field, Path: path})
	}
	if columns != nil {
		columns = slices.Insert(columns, 0, service.Column{Field: "id"})
	}
	return columns, wrong
}

// exportOrder is the order of a file: that of the address, else the newest upload first.
func exportOrder(names []string) (order []filter.Key, wrong []address.Ignored) {
	for _, name := range names {
		column, descending := strings.CutPrefix(name, "-")
		field, path, ok := exportField(column)
		if !ok || field == service.TagsColumn {
			wrong = append(wrong, address.Ignored{Key: "sort", Text: name, Reason: "Nothing is sorted by " + column + "."})
			continue
		}
		order = append(order, filter.Key{Field: field, Path: path, Descending: descending})
	}
	if order == nil {
		order = []filter.Key{{Field: "upload_datetime", Descending: true}}
	}
	return append(order, filter.Key{Field: "id"}), wrong
}

// exported is a file of results. It is written while the database reads.
type exported struct {
	query   ports.ResultQuery
	columns []service.Column
	words   []string
}

const defaultExportTimeout = 15 * time.Minute

func (e exported) send(s *Site, w http.ResponseWriter, r *Request) error {
	timeout := s.config.ExportTimeout
	if timeout == 0 {
		timeout = defaultExportTimeout
	}
	ctx, cancel := context.WithTimeout(middleware.WithoutLimit(r.Context()), timeout)
	defer cancel()
	format := export.Format(r.Format)
	header := w.Header()
	header.Set("Content-Type", format.ContentType())
	header.Set("Content-Disposition", export.Disposition(files.Name(r.Format, e.words...)))
	header.Set("Cache-Control", cacheControl(r))
	if r.Method == http.MethodHead {
		return nil
	}
	client, err := export.NewClient(w)
	if err != nil {
		return fmt.Errorf("send a file: %w", err)
	}
	begun := &begun{w: client}
	err = s.config.Services.Results.Export(ctx, r.Caller(), e.query, e.columns, func(columns []service.Column, results export.Results) error {
		file := export.File{Format: format, Columns: columns}
		if e.columns == nil && format != export.CSV {
			file.Columns = slices.Concat(columns, []service.Column{{Field: filter.JSONField}})
		}
		_, err := file.Write(begun, results)
		return err //nolint:wrapcheck // it is the service's, or export.ErrClientGone
	})
	if err != nil && begun.isTrue {
		if !errors.Is(err, export.ErrClientGone) && !errors.Is(err, context.Canceled) {
			s.config.Log.ErrorContext(ctx, "a file was cut off", "error", err)
		}
		panic(http.ErrAbortHandler) // the client sees that the file is not complete
	}
	if err != nil {
		header.Del("Content-Disposition")
	}
	return err //nolint:wrapcheck // it is the service's
}

// begun knows whether something was written.
type begun struct {
	w      interface{ Write(b []byte) (int, error) }
	isTrue bool
}

func (b *begun) Write(p []byte) (int, error) {
	b.isTrue = true
	return b.w.Write(p) //nolint:wrapcheck // it is export.ErrClientGone
}
