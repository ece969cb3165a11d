package api

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"github.com/eosc-perf/backend/adapters/http/export"
	"github.com/eosc-perf/backend/adapters/http/middleware"
	"github.com/eosc-perf/backend/adapters/http/openapi"
	"github.com/eosc-perf/backend/adapters/http/parameter"
	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/adapters/http/representation"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

const (
	maxColumns  = 100
	maxFileName = 200
)

// The trailers of an export: only a file that is complete has them.
const (
	digestTrailer = "Repr-Digest" // RFC 9530
	rowsTrailer   = "EOSC-Perf-Rows"
)

// The parameters of ExportResults.
var (
	exportFormat = parameter.Enum("format", "Format of the file; without it, the header `Accept` chooses, and `csv` is the default",
		"", export.Formats...).WithInvalid("bad format", "xlsx")

	exportColumns = parameter.ParsedList("columns",
		"Columns, in their order: "+columnNames()+". Without it, CSV and Parquet have `id`, `execution_datetime`, "+
			"`benchmark_name`, `site_name`, `flavor_name`, `tags` and the metrics of the benchmark that `benchmark_id` names, and NDJSON and "+
			"JSON have whole results.",
		maxColumns, parseColumn)

	exportFileName = parameter.ShortText("filename", "Name under which a browser stores the file", maxFileName)

	exportEnd = parameter.Boolean("end",
		"Whether NDJSON ends with a line `{\"end\": {\"rows\": NUMBER, \"sha256\": HEX}}`, the sum being that of all bytes before the line")

	exportParameters = parameter.Join(
		uploaded, executed, ofBenchmark, ofSite, ofFlavor, withTags, resultFilters, resultWhere, resultTerms, asOf, resultOrder,
		exportFormat, exportColumns, exportFileName, exportEnd)
)

func columnNames() string {
	names := make([]string, 0, len(ports.ResultSort)+1)
	for _, field := range ports.ResultSort {
		if field != filter.JSONField {
			names = append(names, "`"+field+"`")
		}
	}
	return strings.Join(names, ", ") + ", `tags` (their names), `json` (the whole document), `json.PATH` (what is at a dotted path in it, " +
		"such as `json.result.score`)"
}

func parseColumn(text string) (column service.Column, message string) {
	if path, ok := strings.CutPrefix(text, filter.JSONField+"."); ok {
		parsed, err := filter.ParsePath(path, pathParts)
		if err != nil {
			return column, err.Error()
		}
		if parsed.HasAny() {
			return column, "[*] stands for several values, and a column has one; name one of them, for example with [0]."
		}
		return service.Column{Field: filter.JSONField, Path: parsed}, ""
	}
	if text != service.TagsColumn && !slices.Contains(ports.ResultSort, text) {
		return column, "Must be one of: " + strings.Join(ports.ResultSort, ", ") + ", json.PATH, " + service.TagsColumn + "."
	}
	return service.Column{Field: text}, ""
}

// exports serves files with results.
type exports struct {
	service *service.Results
	// timeout is how long an export may take, reading by the client included.
	timeout time.Duration
}

func (h exports) operation() openapi.Operation {
	file := &huma.Schema{Type: huma.TypeString}
	return openapi.Operation{
		Operation: domain.ExportResults,
		Method:    http.MethodGet,
		Path:      "/results:export",
		Summary:   "Export results as a file",
		Description: "Writes all results that the conditions choose, in their order, into one file: CSV, NDJSON, JSON or Parquet. " +
			"The file shows one state of the database. Results that are deleted, withdrawn, or hidden by a claim are not in it.\n\n" +
			"A file that is complete ends with the HTTP trailers `Repr-Digest` (SHA-256 of the file, RFC 9530) and `EOSC-Perf-Rows`. " +
			"If the server cannot complete a file, it cuts the connection off, which clients report as an error.\n\n" +
			"In CSV, texts that a spreadsheet would take for a formula have an apostrophe before them, and columns of metrics have " +
			"the unit in their title. Numbers keep all their digits; in Parquet, a column in which a double would not keep each of them is text.",
		Parameters: exportParameters,
		Files: map[string]*huma.Schema{
			export.CSV.MediaType():    file,
			export.NDJSON.MediaType(): file,
			export.JSON.MediaType(): {
				Type: huma.TypeArray, Items: &huma.Schema{Ref: "#/components/schemas/Result"},
			},
			export.Parquet.MediaType(): file,
		},
		Handler: h.register,
	}
}

// register registers the handler with the OpenAPI library, which lets it write its answer.
func (h exports) register(api huma.API, op huma.Operation) {
	huma.Register(api, op, func(ctx context.Context, _ *none) (*huma.StreamResponse, error) {
		r, ok := ctx.Value(requestKey{}).(*request)
		if !ok {
			panic("handler called without its checks")
		}
		return &huma.StreamResponse{Body: func(hc huma.Context) { h.serve(humagin.Unwrap(hc), r) }}, nil
	})
}

// serve answers with the file, or with an error as long as no byte of the file is sent. After
// that it cuts the connection off.
func (h exports) serve(g *gin.Context, r *request) {
	ctx, cancel := context.WithTimeout(middleware.WithoutLimit(g.Request.Context()), h.timeout)
	defer cancel()
	err := h.write(ctx, g, r)
	switch {
	case err == nil:
	case g.Writer.Written():
		if !errors.Is(err, export.ErrClientGone) && !errors.Is(err, context.Canceled) {
			r.log.ErrorContext(ctx, "an export was cut off", "error", err)
		}
		cutOff(g)
	default:
		for _, name := range []string{"Content-Disposition", "Trailer", "Vary"} {
			g.Writer.Header().Del(name)
		}
		problem.From(ctx, r.log, err).Write(g.Writer)
	}
}

// write writes header, file and trailers.
func (h exports) write(ctx context.Context, g *gin.Context, r *request) error {
	format := exportFormat.Of(r.query)
	header := g.Writer.Header()
	if format == "" {
		header.Add("Vary", "Accept")
		format = export.Accepted(g.Request.Header.Values("Accept"))
	}
	header.Set("Content-Type", format.ContentType())
	header.Set("Content-Disposition", export.Disposition(r.fileName(format)))
	header.Set("Trailer", digestTrailer+", "+rowsTrailer)
	if g.Request.Method == http.MethodHead {
		g.Status(http.StatusOK)
		return nil
	}
	client, err := export.NewClient(g.Writer)
	if err != nil {
		return err
	}
	wanted := r.columns()
	return h.service.Export(ctx, r.caller, r.exportQuery(), wanted, func(columns []service.Column, results export.Results) error {
		file := export.File{Format: format, Columns: columns, Whole: appendResult, WithEnd: exportEnd.Of(r.query)}
		if wanted == nil && (format == export.NDJSON || format == export.JSON) {
			file.Columns = nil
		}
		summary, err := file.Write(client, results)
		if err == nil {
			header.Set(digestTrailer, "sha-256=:"+base64.StdEncoding.EncodeToString(summary.SHA256[:])+":")
			header.Set(rowsTrailer, strconv.Itoa(summary.Rows))
		}
		return err
	})
}

func appendResult(b []byte, result *domain.Result) []byte {
	return toResult(result).AppendJSON(b, representation.NoFlush)
}

// cutOff ends a connection so that the client sees that the file is not complete: the last
// chunk of the body is missing. HTTP/1.0 has no chunks; there the connection is reset.
func cutOff(g *gin.Context) {
	if !g.Request.ProtoAtLeast(1, 1) {
		if connection, _, err := http.NewResponseController(unwrap(g.Writer)).Hijack(); err == nil {
			if tcp, ok := connection.(interface{ SetLinger(seconds int) error }); ok {
				_ = tcp.SetLinger(0)
			}
			_ = connection.Close()
			return
		}
	}
	panic(http.ErrAbortHandler)
}

// unwrap returns the writer of the standard library, which still gives its connection away
// after bytes were written.
func unwrap(w http.ResponseWriter) http.ResponseWriter {
	for {
		wrapper, ok := w.(interface{ Unwrap() http.ResponseWriter })
		if !ok {
			return w
		}
		w = wrapper.Unwrap()
	}
}

// exportQuery returns which results the query of an export chooses.
func (r *request) exportQuery() ports.ResultQuery {
	query := r.chosenResults()
	query.Sort, query.Terms = resultOrder.Of(r.query), resultTerms.Of(r.query)
	return query
}

// columns returns the columns of the query, each once; nil for none.
func (r *request) columns() []service.Column {
	var columns []service.Column
	for _, column := range exportColumns.Of(r.query) {
		if !slices.ContainsFunc(columns, column.Same) {
			columns = append(columns, column)
		}
	}
	return columns
}

// fileName returns the name of the query, by default one of the format.
func (r *request) fileName(format export.Format) string {
	if name := exportFileName.Of(r.query); strings.Trim(name, " .") != "" {
		return name
	}
	return "results." + string(format)
}
