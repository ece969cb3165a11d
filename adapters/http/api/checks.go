package api

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"github.com/eosc-perf/backend/adapters/http/fair"
	"github.com/eosc-perf/backend/adapters/http/middleware"
	"github.com/eosc-perf/backend/adapters/http/openapi"
	"github.com/eosc-perf/backend/adapters/http/parameter"
	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/adapters/http/representation"
	"github.com/eosc-perf/backend/adapters/http/router"
	"github.com/eosc-perf/backend/adapters/http/spool"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// checks are the checks before a handler, in the contract's order: identity and right,
// query, body. The router has checked the path and its id before.
type checks struct {
	// prefix is the public path of the server, "" for none.
	prefix   string
	access   *service.Access
	requests *service.Requests
	results  *service.Results
	log      *slog.Logger
	query    parameter.Limits
	bodies   bodyCheck
	shares   *fair.Shares
	rates    *fair.Rates
	refusals *service.Refusals
	users    users
	// headerRefused is told of each Authorization header that is refused before anybody looks at its token.
	headerRefused func(cause string, err error)
}

// middleware returns the checks of one operation.
func (c checks) middleware(operation openapi.Operation) func(huma.Context, func(huma.Context)) {
	parameters := parameter.NewSet(c.query, operation.Parameters...)
	classes := classesOf(operation.Operation, operation.Method)
	return func(hc huma.Context, next func(huma.Context)) {
		g := humagin.Unwrap(hc)
		ctx := g.Request.Context()
		record := middleware.RecordOf(ctx)
		record.Operation = operation.ID
		r := &request{id: router.ID(g), rawQuery: g.Request.URL.RawQuery, log: c.log, prefix: c.prefix, header: g.Writer.Header()}
		var err error
		r.caller, err = c.identify(g, operation.Operation)
		record.Caller = r.caller
		if err != nil {
			c.refused(g, r.caller, operation.Operation, err)
		} else {
			err = c.count(g, operation.Operation, classes)
		}
		if err != nil {
			c.refuse(g, err)
			return
		}
		var errs problem.FieldErrors
		if r.query, errs = parameters.Parse(g.Request.URL.RawQuery); len(errs) > 0 {
			c.refuse(g, problem.New(http.StatusUnprocessableEntity, map[string]any{"query": errs}))
			return
		}
		if r.key, err = idempotencyKey(g.Request, r.caller); err != nil {
			c.refuse(g, err)
			return
		}
		share, release, err := c.admit(g, hc.Operation(), r)
		if err != nil {
			c.refuse(g, err)
			return
		}
		record.Admitted = true
		defer release()
		hc = huma.WithValue(hc, requestKey{}, r)
		if operation.Right == domain.Public || g.Request.Method == http.MethodGet || g.Request.Method == http.MethodHead {
			hc = huma.WithContext(hc, ports.WithShare(hc.Context(), share))
		}
		if r.cut != nil {
			c.keepPart(g, r, func(ctx context.Context) { next(huma.WithContext(hc, ctx)) })
			return
		}
		if r.key == "" {
			next(hc)
			return
		}
		if r.fingerprint == "" {
			r.fingerprint = fingerprint(g.Request, nil)
		}
		c.once(g, r, operation.Operation, func(ctx context.Context) { next(huma.WithContext(hc, context.WithValue(ctx, requestKey{}, r))) })
	}
}

// refuse answers a request that is refused before it is admitted. See middleware.Pace.
func (c checks) refuse(g *gin.Context, err error) {
	problem.From(g.Request.Context(), c.log, err).Write(g.Writer)
}

// admit receives and checks the body, if the operation has one, and waits until the
// client's turn has come. The caller calls release as soon as the answer is encoded.
func (c checks) admit(g *gin.Context, operation *huma.Operation, r *request) (share *fair.Share, release func(), err error) {
	ctx := g.Request.Context()
	client := middleware.RecordOf(ctx).Client
	if openapi.StreamsFile(operation) && g.Request.Method == http.MethodGet {
		share, err = c.shares.Export(ctx, client)
		return share, share.Release, err
	}
	if operation.Method == http.MethodGet {
		share, err = c.shares.Read(ctx, client, g.Request.RequestURI)
		return share, func() { share.Answer(representation.Size(g.Writer)); share.Release() }, err
	}
	if operation.RequestBody == nil {
		share, err = c.shares.Write(ctx, client, 0)
		return share, share.Release, err
	}
	isBatch := operation.RequestBody.Content[ndjsonType] != nil
	receive, most := c.bodies.receive, c.bodies.limits.Bytes
	if isBatch {
		receive = c.bodies.receiveBatch
	}
	// A client that sends slowly keeps nobody waiting: it is admitted with the whole body.
	received, err := receive(g.Writer, g.Request, client)
	if received == nil {
		return nil, nil, err
	}
	release = received.Close
	if err != nil && atomicBatch.Of(r.query) {
		release()
		return nil, nil, err
	}
	if r.cut = err; err != nil {
		// The connection broke, which ends the context. What arrived waits for its turn as all do.
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(context.WithoutCancel(ctx), partTimeout)
		defer cancel()
	}
	// One result of a batch is in memory at a time.
	if share, err = c.shares.Write(ctx, client, document.MemoryPerByte*min(received.Size(), most)); err == nil {
		release = func() { share.Release(); received.Close() }
		if isBatch {
			err = c.readBatch(g.Request, received, operation.RequestBody.Content[ndjsonType].Schema, r)
		} else {
			err = c.readBody(g.Request, received, operation.RequestBody.Content["application/json"].Schema, r)
			received.Close()
		}
	}
	if err != nil {
		release()
		return nil, nil, err
	}
	return share, release, nil
}

// readBatch sets the results of a request that has many.
func (c checks) readBatch(r *http.Request, received *spool.Buffer, schema *huma.Schema, checked *request) (err error) {
	checked.batch, err = newBatchSource(received, r.Header.Get("Content-Type"), c.bodies, schema, c.query.IDs, checked.cut != nil)
	// The OpenAPI library demands a body; the handler takes the results from the request.
	r.Body = io.NopCloser(strings.NewReader("{}"))
	r.Header.Set("Content-Type", "application/json")
	if err != nil || checked.key == "" {
		return err
	}
	checked.fingerprint, err = readFingerprint(r, io.NewSectionReader(received, 0, int64(received.Size())))
	return err
}

// identify returns who asks, if the caller may ask for the operation. Callers of public
// operations stay anonymous: their token is ignored.
func (c checks) identify(g *gin.Context, operation domain.Operation) (domain.Caller, error) {
	if operation.Right == domain.Public {
		return domain.Caller{}, nil
	}
	token, err := bearerToken(g.Request.Header)
	if err != nil {
		c.log.InfoContext(g.Request.Context(), "access token refused", "cause", headerCause, "issuer", "", "detail", err.Error())
		c.headerRefused(headerCause, err)
		return domain.Caller{}, err
	}
	record := middleware.RecordOf(g.Request.Context())
	var limited error
	state := http.Header{}
	if token != "" {
		limited = middleware.Refusing(state, c.rates, record)
	}
	caller, err := c.access.Identify(g.Request.Context(), ports.BearerToken{
		Text: token, Client: record.Client, Fresh: operation.StoresIdentity(), Doubted: limited != nil,
	})
	// Good tokens pass: their bearers may share the address with whoever sends the bad ones.
	if kind := domain.KindOf(err); limited != nil && (kind == domain.Unauthenticated || kind == domain.Limited) {
		maps.Copy(g.Writer.Header(), state)
		return domain.Caller{}, limited
	}
	if err != nil {
		return domain.Caller{}, err
	}
	if id := caller.Identity().UserID; id.Subject != "" {
		record.Client = fair.Person(id)
	}
	return caller, caller.May(operation)
}

// headerCause is the cause of all that bearerToken refuses, in the log and in metrics.
const headerCause = "bad_header"

// blanks may be around the parts of a header (RFC 9110, section 5.6.3).
const blanks = " \t"

// bearerToken returns the token of the Authorization header (RFC 6750, section 2.1),
// "" if there is none.
func bearerToken(header http.Header) (string, error) {
	if len(header.Values("Authorization")) > 1 {
		return "", domain.BadToken("The request has more than one Authorization header", nil)
	}
	value := strings.Trim(header.Get("Authorization"), blanks)
	if value == "" {
		return "", nil
	}
	scheme, token := value, ""
	if end := strings.IndexAny(value, blanks); end >= 0 {
		scheme, token = value[:end], strings.Trim(value[end:], blanks)
	}
	if !strings.EqualFold(scheme, "Bearer") {
		return "", &domain.Error{Kind: domain.Unauthenticated, Message: domain.ErrNoToken.Message + ": the header begins with Bearer and a blank"}
	}
	switch {
	case token == "":
		return "", domain.BadToken("The Authorization header has no token after Bearer", nil)
	case strings.Contains(token, ","):
		return "", domain.BadToken("The Authorization header has a comma, with which proxies join several headers into one", nil)
	}
	return token, nil
}

// readBody sets the document of the checked request, and replaces the body by the
// checked fields, for the OpenAPI library to decode.
func (c checks) readBody(r *http.Request, received *spool.Buffer, schema *huma.Schema, checked *request) error {
	text, err := received.Bytes()
	if err != nil {
		return err
	}
	if len(text) == 0 {
		text = []byte("{}") // no body counts as an empty object
	}
	body, err := c.bodies.check(r.Context(), text, schema)
	if err != nil {
		return err
	}
	checked.document = body.value
	if checked.key != "" {
		checked.fingerprint = fingerprint(r, text)
	}
	r.Body = io.NopCloser(bytes.NewReader(body.fields))
	r.Header.Set("Content-Type", "application/json")
	return nil
}
