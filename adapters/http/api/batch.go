package api

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"
	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/parameter"
	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/adapters/http/spool"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/core/service"
)

const (
	// batchBytes is the largest size of a batch.
	batchBytes = 16 << 20
	// lineOverhead is what a line of a batch has besides the document, at most.
	lineOverhead = 64 << 10

	ndjsonType = "application/x-ndjson"
)

// batchSource returns the results of a batch, one after the other, without holding all of
// them in memory.
type batchSource struct {
	lines  *elements
	bodies bodyCheck
	schema *huma.Schema
	tags   int
}

// newBatchSource checks the form of a batch: how many results it has, and that an array is
// one. A batch that is cut has the results that arrived whole. The error is a *problem.Error.
func newBatchSource(
	body *spool.Buffer, contentType string, bodies bodyCheck, schema *huma.Schema, tags int, isCut bool,
) (*batchSource, error) {
	isArray, ok := batchForm(contentType)
	if !ok {
		return nil, problem.New(http.StatusUnsupportedMediaType, nil)
	}
	begin := afterMark(body)
	open := func() *elements {
		lines := newElements(io.NewSectionReader(body, begin, int64(body.Size())), isArray, bodies.limits.Bytes+lineOverhead)
		lines.isCut = isCut
		return lines
	}
	if contentType == "" {
		first, err := open().token()
		isArray = err == nil && first == '[' // no line of NDJSON is an array
	}
	count := 0
	for lines, n := open(), 0; ; n++ {
		_, err := lines.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil && !errors.Is(err, errLongElement) {
			return nil, invalidJSON(err.Error())
		}
		count = n + 1
	}
	if count > service.MaxBatch {
		return nil, tooLarge("The batch has %d results; at most %d are allowed", count, service.MaxBatch)
	}
	return &batchSource{open(), bodies, bodies.resolve(schema), tags}, nil
}

// afterMark returns the place after the byte order mark of a text, 0 if it has none.
func afterMark(text io.ReaderAt) int64 {
	const mark = "\uFEFF"
	begin := make([]byte, len(mark))
	if n, _ := text.ReadAt(begin, 0); string(begin[:n]) == mark { // the next read returns an error
		return int64(n)
	}
	return 0
}

// batchForm tells whether the content type is that of an array; ok is false for one that is
// neither that nor NDJSON. Without a content type the body tells.
func batchForm(contentType string) (isArray, ok bool) {
	if contentType == "" {
		return false, true
	}
	mediaType, _, err := mime.ParseMediaType(contentType)
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		return false, false
	}
	if mediaType == ndjsonType {
		return false, true
	}
	return true, isJSON(contentType)
}

// next returns the next result. The error is io.EOF after the last.
func (s *batchSource) next(ctx context.Context) (service.BatchLine, error) {
	text, err := s.lines.next()
	line := service.BatchLine{Number: s.lines.number, Size: len(text)}
	switch {
	case errors.Is(err, errLongElement):
		line.Err = tooLarge("The line has more than BODY_LIMIT, which is %d bytes", s.bodies.limits.Bytes)
		return line, nil
	case err != nil:
		return line, err
	}
	value, err := s.parse(ctx, text)
	if ctx.Err() != nil {
		return line, ctx.Err()
	}
	if err != nil {
		line.Err = s.lineError(err)
		return line, nil
	}
	line.NewResult, line.Err = s.result(value)
	return line, nil
}

// parse reads a line. The document in it has the limits of one that is uploaded alone.
func (s *batchSource) parse(ctx context.Context, text []byte) (document.Value, error) {
	limits := s.bodies.limits
	limits.Depth++
	value, err := document.Parse(ctx, text, limits)
	if _, isLarge := errors.AsType[*document.SizeError](err); !isLarge {
		return value, err
	}
	limits.Bytes += lineOverhead
	if value, err = document.Parse(ctx, text, limits); err != nil {
		return value, err
	}
	member := document.Find(document.WithoutByteOrderMark(text), filter.Names("json"))
	_, err = document.Parse(ctx, member, s.bodies.limits)
	if size, isLarge := errors.AsType[*document.SizeError](err); isLarge {
		inside := *size
		inside.Pointer = "/json" + size.Pointer
		return value, &inside
	}
	return value, ctx.Err()
}

// manyTags says that there are more tags than the limit.
func manyTags(most, got int) string {
	return fmt.Sprintf("Longer than maximum length %d (%s): it has %d.", most, parameter.TagLimit, got)
}

// lineError translates the errors of document.Parse. The limits are those of the document in the line.
func (s *batchSource) lineError(err error) error {
	if limit, ok := errors.AsType[*document.LimitError](err); ok && limit.Levels > 0 {
		return bodyError(document.TooDeep(limit.Pointer, s.bodies.limits.Depth))
	}
	size, ok := errors.AsType[*document.SizeError](err)
	if ok && !size.Plain {
		return tooLarge("The document at %q has %d bytes; BODY_LIMIT is %d bytes", size.Pointer, size.Size, size.Limit)
	}
	if ok && size.Limit == s.bodies.limits.Bytes {
		return tooLarge(expanded, "document", size.Size, size.Limit, size.Pointer)
	}
	if ok {
		return tooLarge(expanded, "line", size.Size, s.bodies.limits.Bytes, size.Pointer)
	}
	return bodyError(err)
}

// result returns the result that a line describes. The error names all fields that are
// wrong.
func (s *batchSource) result(value document.Value) (in service.NewResult, err error) {
	errs := s.bodies.checkObject(s.schema, value)
	if errs == nil {
		errs = problem.FieldErrors{}
	}
	field := func(name string) (document.Value, bool) {
		v, ok := value.Get(name)
		return v, ok && errs[name] == nil
	}
	if at, ok := field("execution_datetime"); ok {
		if in.ExecutedAt.Time, in.ExecutedAt.HasZone, ok = filter.ParseTime(at.Text()); !ok {
			errs.Add("execution_datetime", "Not a valid datetime.")
		}
	}
	if id, ok := field("benchmark_id"); ok {
		in.BenchmarkID = uuid.MustParse(id.Text())
	}
	if id, ok := field("flavor_id"); ok {
		in.FlavorID = uuid.MustParse(id.Text())
	}
	if tags, ok := field("tags_ids"); ok {
		if tags.Len() > s.tags {
			errs.Add("tags_ids", manyTags(s.tags, tags.Len()))
		}
		for i := range tags.Len() {
			in.TagIDs = append(in.TagIDs, uuid.MustParse(tags.Item(i).Text()))
		}
	}
	in.Document, _ = field("json")
	if len(errs) > 0 {
		return in, problem.New(http.StatusUnprocessableEntity, map[string]any{"json": errs})
	}
	return in, nil
}

// lineAnswer returns the status and the errors of a line.
func (r *request) lineAnswer(ctx context.Context, o service.BatchOutcome) (status int, errs map[string]any) {
	switch {
	case domain.KindOf(o.Err) == domain.Unavailable: // of very many lines, all at once: the log would have each
		return http.StatusServiceUnavailable, map[string]any{"error": o.Err.Error()}
	case o.Err != nil:
		p := problem.From(ctx, r.log, o.Err)
		return p.Code, p.Errors
	case o.ID == uuid.Nil:
		return http.StatusFailedDependency, map[string]any{"error": "Not stored, because another line was refused"}
	case o.Existing:
		return http.StatusOK, nil
	}
	return http.StatusCreated, nil
}

// receiveBatch receives the body of a batch. If the connection breaks, it returns what arrived together with the
// error. After any other error there is no body.
func (c bodyCheck) receiveBatch(w http.ResponseWriter, r *http.Request, client string) (*spool.Buffer, error) {
	if r.ContentLength > batchBytes {
		return nil, tooLarge("The batch has %d bytes; at most %d are allowed", r.ContentLength, batchBytes)
	}
	if isCoded(r.Header) {
		return nil, problem.New(http.StatusUnsupportedMediaType, nil).WithHeader("Accept-Encoding", "identity")
	}
	body := c.spool.NewBuffer(client)
	_, err := body.ReadFrom(http.MaxBytesReader(w, r.Body, batchBytes))
	if err == nil {
		return body, nil
	}
	limit, isTooLarge := errors.AsType[*http.MaxBytesError](err)
	switch {
	case isTooLarge:
		err = tooLarge("The batch has more than the %d bytes that are allowed", limit.Limit)
	case body.Err() == nil:
		return body, notReceived(err)
	default:
		err = notReceived(err)
	}
	body.Close()
	return nil, err
}

// partTimeout bounds the time in which the beginning of a batch is stored after its connection broke.
const partTimeout = 10 * time.Second

// keepPart lets next store what arrived of a batch: without its key, because the whole batch is another request. The
// answer says that the batch did not arrive.
func (c checks) keepPart(g *gin.Context, r *request, next func(context.Context)) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(g.Request.Context()), partTimeout)
	defer cancel()
	answers := g.Writer
	func() {
		defer func() { g.Writer = answers }()
		g.Writer = &recorder{ResponseWriter: answers}
		next(context.WithValue(ctx, requestKey{}, r))
	}()
	c.refuse(g, r.cut)
}
