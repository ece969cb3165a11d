package hostile_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
)

// slowest is how long an answer may take: HOSTILE_SECONDS, which is 2 in `make fuzz`.
// Without the variable the machine may have much else to do.
var slowest = process.Patience

// headerLimit is the default of HEADER_LIMIT, in bytes.
const headerLimit = 1 << 16

// judge holds answers against the OpenAPI document.
type judge struct{ *harness.Document }

// hostileAnswer is what came back, or why nothing did.
type hostileAnswer struct {
	status int
	header http.Header
	body   []byte
	took   time.Duration
	err    error
}

func (a hostileAnswer) String() string {
	if a.err != nil {
		return fmt.Sprintf("no answer after %s: %v", a.took, a.err)
	}
	return fmt.Sprintf("%d after %s, %v, %.1500q", a.status, a.took, a.header, a.body)
}

// wire is a connection that is kept as long as the server keeps it.
type wire struct {
	address string
	conn    net.Conn
	reader  *bufio.Reader
}

func (w *wire) close() {
	if w.conn != nil {
		_ = w.conn.Close() // nothing is lost with it
		w.conn = nil
	}
}

// send sends the request and reads the answer to its end. The server may answer,
// and close, before it has read everything.
func (w *wire) send(r hostileRequest) (a hostileAnswer) {
	if w.conn == nil {
		if w.conn, a.err = net.Dial("tcp", w.address); a.err != nil {
			return a
		}
		w.reader = bufio.NewReader(w.conn)
	}
	start := time.Now()
	if a.err = w.conn.SetDeadline(start.Add(process.Patience)); a.err != nil {
		return a
	}
	sent := make(chan error, 1)
	go func(conn net.Conn) {
		_, err := conn.Write(r.text)
		sent <- err
	}(w.conn)
	last := w.receive(r.method, &a)
	a.took = time.Since(start)
	if last {
		w.close()
	}
	if err := <-sent; err != nil {
		w.close()
	}
	return a
}

// receive returns whether this was the connection's last answer.
func (w *wire) receive(method string, a *hostileAnswer) bool {
	for {
		response, err := http.ReadResponse(w.reader, &http.Request{Method: method})
		if err != nil {
			a.err = fmt.Errorf("read the answer: %w", err)
			return true
		}
		if response.StatusCode < http.StatusOK {
			continue // 100 Continue
		}
		a.status, a.header = response.StatusCode, response.Header
		if a.body, err = io.ReadAll(response.Body); err != nil {
			a.err = fmt.Errorf("read the answer's body: %w", err)
		}
		return response.Close || err != nil
	}
}

// isBeingRemoved tells whether a person registers again whose removal has not ended.
func isBeingRemoved(r hostileRequest, a hostileAnswer) bool {
	return r.operation.ID == "RegisterSelf" && a.status == http.StatusServiceUnavailable && a.header.Get("Retry-After") != ""
}

// fault says what is wrong with an answer, "" if it is as the contract wants it.
func (d judge) fault(r hostileRequest, a hostileAnswer) string {
	described, known := r.operation.Responses[fmt.Sprint(a.status)]
	switch {
	case a.err != nil:
		return "no answer"
	case a.status >= http.StatusInternalServerError && !isBeingRemoved(r, a):
		return "a server's error"
	case a.took > slowest:
		return "too slow"
	case !r.isHTTP && a.status != http.StatusBadRequest && a.status != http.StatusRequestHeaderFieldsTooLarge:
		return "taken for HTTP"
	case !r.isHTTP, a.status == http.StatusRequestHeaderFieldsTooLarge && r.headSize() > headerLimit:
		return "" // net/http has answered by itself
	}
	if fault := headerFault(a); fault != "" {
		return fault
	}
	switch {
	case r.intact && a.status < http.StatusBadRequest && a.header.Get("Cache-Control") != "no-cache":
		return "a success that may be cached"
	case r.method == http.MethodHead || hasNoBody(a.status):
		if len(a.body) > 0 {
			return "a body where none may be"
		}
		return ""
	case r.intact && !known:
		return "a status that the operation does not have"
	case a.status >= http.StatusBadRequest:
		return errorFault(a)
	case r.intact:
		return d.successFault(described.Content["application/json"].Schema, a)
	default:
		return d.anySuccessFault(a)
	}
}

func hasNoBody(status int) bool {
	return status == http.StatusNoContent || status == http.StatusNotModified
}

func headerFault(a hostileAnswer) string {
	switch h := a.header; {
	case h.Get("X-Request-Id") == "":
		return "no X-Request-ID"
	case h.Get("Access-Control-Allow-Origin") != "*":
		return "no Access-Control-Allow-Origin"
	case a.status == http.StatusUnauthorized && !strings.HasPrefix(h.Get("WWW-Authenticate"), "Bearer"):
		return "401 without WWW-Authenticate: Bearer"
	case a.status == http.StatusMethodNotAllowed && h.Get("Allow") == "":
		return "405 without Allow"
	case !hasNoBody(a.status) && h.Get("Content-Type") != "application/json" && !isExport(a):
		return "not application/json"
	}
	return ""
}

// isExport tells whether the answer is a file, which has a type of its own.
func isExport(a hostileAnswer) bool {
	return a.status == http.StatusOK && (strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") ||
		strings.HasPrefix(a.header.Get("Content-Type"), "text/csv"))
}

func errorFault(a hostileAnswer) string {
	value, err := decodeAnswer(a.body)
	if err != nil {
		return err.Error()
	}
	fields, ok := value.(map[string]any)
	if !ok {
		return "an error that is no object"
	}
	for name := range fields {
		if name != "code" && name != "status" && name != "errors" {
			return "an error with the field " + name
		}
	}
	if fmt.Sprint(fields["code"]) != fmt.Sprint(a.status) || fields["status"] != http.StatusText(a.status) {
		return "an error whose code or status is not that of the answer"
	}
	if errs, has := fields["errors"]; has {
		if in, ok := errs.(map[string]any); !ok || len(in) == 0 {
			return "errors that are no object, or an empty one"
		}
	}
	return ""
}

// successFault holds an answer against its schema.
func (d judge) successFault(schema *harness.Schema, a hostileAnswer) string {
	if isExport(a) {
		return ""
	}
	if schema == nil {
		return "a body that the document does not have"
	}
	value, err := decodeAnswer(a.body)
	if err != nil {
		return err.Error()
	}
	return d.misfit(schema, value, "")
}

// anySuccessFault holds an answer against all schemas of the document: the
// request's path may have led to any operation.
func (d judge) anySuccessFault(a hostileAnswer) string {
	for _, o := range d.Operations {
		if schema := o.Responses[fmt.Sprint(a.status)].Content["application/json"].Schema; schema != nil && d.successFault(schema, a) == "" {
			return ""
		}
	}
	return "a success of no operation's form"
}

func decodeAnswer(body []byte) (any, error) {
	if !utf8.Valid(body) {
		return nil, errors.New("the answer is not UTF-8")
	}
	decoder := json.NewDecoder(bytes.NewReader(body))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, fmt.Errorf("the answer is not JSON: %w", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("the answer is more than one JSON value")
	}
	return value, nil
}

var (
	naiveDateTime = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?$`)
	canonicalUUID = regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
)

// misfit says where a value departs from its schema, "" if it does not.
func (d judge) misfit(schema *harness.Schema, value any, at string) string {
	schema = d.Resolve(schema)
	if schema.Type == "" && len(schema.Properties) == 0 { // any value
		return ""
	}
	ok := false
	switch v := value.(type) {
	case map[string]any:
		if schema.Type == "object" {
			return d.fieldsMisfit(schema, v, at)
		}
	case []any:
		if schema.Type == "array" {
			return d.itemsMisfit(schema, v, at)
		}
	case string:
		ok = schema.Type == "string" && textFits(schema, v)
	case json.Number:
		ok = schema.Type == "number" || schema.Type == "integer" && strings.Trim(v.String(), "0123456789") == ""
	case bool:
		ok = schema.Type == "boolean"
	}
	if !ok {
		return fmt.Sprintf("%q is %.100v, which is no %s %s", at, value, schema.Type, schema.Format)
	}
	return ""
}

func (d judge) itemsMisfit(schema *harness.Schema, items []any, at string) string {
	for i, item := range items {
		if misfit := d.misfit(schema.Items, item, fmt.Sprintf("%s/%d", at, i)); misfit != "" {
			return misfit
		}
	}
	return ""
}

func textFits(schema *harness.Schema, text string) bool {
	switch {
	case len(schema.Enum) > 0:
		return slices.Contains(schema.Enum, text)
	case schema.Format == "uuid":
		return canonicalUUID.MatchString(text)
	case schema.Format == "date-time":
		return naiveDateTime.MatchString(text) && !strings.HasSuffix(text, ".000000")
	}
	return true
}

// fieldsMisfit demands exactly the fields that the schema has; next_num and
// prev_num exactly where there are such pages.
func (d judge) fieldsMisfit(schema *harness.Schema, fields map[string]any, at string) string {
	if len(schema.Properties) == 0 { // free-form
		return ""
	}
	required := schema.Required
	if isPart(fields, at) {
		required = []string{"items", "per_page", "has_next"}
	}
	for name, value := range fields {
		property := schema.Properties[name]
		if property == nil && name == "next_cursor" && isPart(fields, at) {
			continue
		}
		if property == nil {
			return fmt.Sprintf("%q has the unknown field %q", at, name)
		}
		if misfit := d.misfit(property, value, at+"/"+name); misfit != "" {
			return misfit
		}
	}
	for _, name := range required {
		_, has := fields[name]
		property := schema.Properties[name]
		needed := has || property == nil || !strings.Contains(property.Description, "left out")
		switch name {
		case "next_num":
			needed = fields["has_next"] == true
		case "prev_num":
			needed = fields["has_prev"] == true
		case "scaling", "baseline": // a reference to a schema has no description of its own
			needed = has
		}
		if has != needed {
			return fmt.Sprintf("%q: field %q is there: %t, should be: %t", at, name, has, needed)
		}
	}
	return ""
}

// isPart tells whether the fields are those of the answer of a list that is read by cursors.
func isPart(fields map[string]any, at string) bool {
	_, hasPage := fields["page"]
	_, hasSize := fields["per_page"]
	return at == "" && hasSize && !hasPage
}

func TestHostileAnswersAreJudged(t *testing.T) {
	page := func(more string) string {
		return `{"items":[{"id":"00000000-0000-0000-0000-000000000000","at":"2021-05-21T08:31:00.500000"}],"has_next":true` + more + `}`
	}
	item := &harness.Schema{Type: "object", Required: []string{"id", "at"}, Properties: map[string]*harness.Schema{
		"id": {Type: "string", Format: "uuid"}, "at": {Type: "string", Format: "date-time"},
		"kind": {Type: "string", Enum: []string{"site"}}, "free": {Type: "object"},
	}}
	list := &harness.Schema{Type: "object", Required: []string{
		"items", "has_next", "next_num", "prev_num",
	}, Properties: map[string]*harness.Schema{
		"items": {Type: "array", Items: item}, "has_next": {Type: "boolean"}, "next_num": {Type: "integer"}, "prev_num": {Type: "integer"},
	}}
	media := map[string]harness.Media{"application/json": {Schema: list}}
	operation := &harness.DescribedOperation{
		Method:    "GET",
		Responses: map[string]harness.Content{"200": {Content: media}, "204": {}, "401": {}, "404": {}, "422": {}},
	}
	document := judge{&harness.Document{Operations: []*harness.DescribedOperation{operation}}}
	const missing = `{"code":404,"status":"Not Found"}`
	for _, c := range []struct {
		name   string
		status int
		body   string
		change func(r *hostileRequest, a *hostileAnswer)
		want   string
	}{
		{"a page", 200, page(`,"next_num":2`), nil, ""},
		{"no content", 204, "", nil, ""},
		{"nothing new", 304, "", nil, ""},
		{"an error", 404, missing, nil, ""},
		{"an error with reasons", 422, `{"code":422,"status":"Unprocessable Entity","errors":{"a":["b"]}}`, nil, ""},
		{"a page by another path", 200, page(`,"next_num":2`), func(r *hostileRequest, _ *hostileAnswer) { r.intact = false }, ""},
		{"net/http's answer", 400, "400 Bad Request", func(r *hostileRequest, a *hostileAnswer) { r.isHTTP, a.header = false, nil }, ""},
		{"none", 0, "", func(_ *hostileRequest, a *hostileAnswer) { a.err = errors.New("reset") }, "no answer"},
		{"slow", 404, missing, func(_ *hostileRequest, a *hostileAnswer) { a.took = slowest + 1 }, "too slow"},
		{"500", 500, "", nil, "a server's error"},
		{"503", 503, "", nil, "a server's error"},
		{"200 to what is not HTTP", 200, "{}", func(r *hostileRequest, _ *hostileAnswer) { r.isHTTP = false }, "taken for HTTP"},
		{"no id", 404, missing, func(_ *hostileRequest, a *hostileAnswer) { a.header.Del("X-Request-ID") }, "no X-Request-ID"},
		{"no CORS", 404, missing, func(_ *hostileRequest, a *hostileAnswer) { a.header.Del("Access-Control-Allow-Origin") }, "no Access-Control"},
		{
			"another type", 404, missing,
			func(_ *hostileRequest, a *hostileAnswer) { a.header.Set("Content-Type", "application/problem+json") },
			"not application/json",
		},
		{"401 without a challenge", 401, `{"code":401,"status":"Unauthorized"}`, nil, "401 without"},
		{"405 without Allow", 405, `{"code":405,"status":"Method Not Allowed"}`, nil, "405 without"},
		{"a body to HEAD", 404, missing, func(r *hostileRequest, _ *hostileAnswer) { r.method = "HEAD" }, "a body where"},
		{"a body with 204", 204, "{}", nil, "a body where"},
		{"to be cached", 204, "", func(_ *hostileRequest, a *hostileAnswer) { a.header.Del("Cache-Control") }, "a success that may be cached"},
		{"a status that is not described", 409, `{"code":409,"status":"Conflict"}`, nil, "a status that"},
		{"another code", 404, `{"code":422,"status":"Not Found"}`, nil, "an error whose"},
		{"another status", 404, `{"code":404,"status":"not found"}`, nil, "an error whose"},
		{"another field", 404, `{"code":404,"status":"Not Found","detail":""}`, nil, "an error with the field detail"},
		{"errors as a list", 404, `{"code":404,"status":"Not Found","errors":["a"]}`, nil, "errors that"},
		{"no object", 404, `[]`, nil, "an error that is no object"},
		{"not JSON", 200, `{"items":NaN}`, nil, "the answer is not JSON"},
		{"two values", 200, `{} {}`, nil, "the answer is more than"},
		{"not UTF-8", 200, "{\"\xff\":1}", nil, "the answer is not UTF-8"},
		{"no next page", 200, page(""), nil, `"": field "next_num"`},
		{"a page before the first", 200, page(`,"next_num":2,"prev_num":0`), nil, `"": field "prev_num"`},
		{"an unknown field", 200, page(`,"next_num":2,"x":1`), nil, `"" has the unknown field "x"`},
		{"a missing field", 200, `{"items":[{"id":"00000000-0000-0000-0000-000000000000"}],"has_next":false}`, nil, `"/items/0": field "at"`},
		{"null", 200, `{"items":null,"has_next":false}`, nil, `"/items" is`},
		{"a date-time with zeros", 200, `{"items":[{"at":"2021-05-21T08:31:00.000000"}],"has_next":false}`, nil, `"/items/0/at" is`},
		{"no member of an enum", 200, `{"items":[{"kind":"tag"}],"has_next":false}`, nil, `"/items/0/kind" is`},
		{"of no operation", 200, `{}`, func(r *hostileRequest, _ *hostileAnswer) { r.intact = false }, "a success of no operation's form"},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := hostileRequest{operation: operation, method: "GET", intact: true, isHTTP: true}
			a := hostileAnswer{status: c.status, body: []byte(c.body), header: http.Header{
				"X-Request-Id": {"a"}, "Access-Control-Allow-Origin": {"*"}, "Content-Type": {"application/json"}, "Cache-Control": {"no-cache"},
			}}
			if c.change != nil {
				c.change(&r, &a)
			}
			if got := document.fault(r, a); !strings.HasPrefix(got, c.want) || (got == "") != (c.want == "") {
				t.Errorf("%d %s: got %q, want %q", c.status, c.body, got, c.want)
			}
		})
	}
}
