package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/parameter"
	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/core/document"
)

// bodyCheck checks bodies against the limits and the schemas of the document.
type bodyCheck struct {
	registry huma.Registry
	limits   document.Limits
}

// read returns the bytes of the body; no body counts as an empty object.
func (c bodyCheck) read(w http.ResponseWriter, r *http.Request) ([]byte, *problem.Error) {
	if r.ContentLength > int64(c.limits.Bytes) {
		return nil, tooLarge("The body has %d bytes; BODY_LIMIT is %d bytes", r.ContentLength, c.limits.Bytes)
	}
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, int64(c.limits.Bytes)))
	if limit, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return nil, tooLarge("The body has more than BODY_LIMIT, which is %d bytes", limit.Limit)
	}
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return nil, problem.New(http.StatusRequestTimeout, nil).WithHeader("Connection", "close")
	}
	if err != nil {
		return nil, invalidJSON()
	}
	switch {
	case len(body) == 0:
		return []byte("{}"), nil
	case !isJSON(r.Header.Get("Content-Type")):
		return nil, problem.New(http.StatusUnsupportedMediaType, nil)
	case isCoded(r.Header):
		// RFC 9110, section 12.5.3: Accept-Encoding says which codings are read.
		return nil, problem.New(http.StatusUnsupportedMediaType, nil).WithHeader("Accept-Encoding", "identity")
	}
	return body, nil
}

// checkedBody is a body that satisfies limits and schema.
type checkedBody struct {
	// value is the whole body.
	value document.Value
	// fields is the JSON text of the fields that clients may write; an empty object for
	// a body of any fields, which handlers take from value.
	fields []byte
}

// check parses the body and checks it by limits and schema. The error names all fields
// that are wrong.
func (c bodyCheck) check(ctx context.Context, body []byte, schema *huma.Schema) (checkedBody, error) {
	value, err := document.Parse(ctx, body, c.limits)
	if err != nil {
		return checkedBody{}, bodyError(err)
	}
	fields, errs := c.checkObject(c.resolve(schema), value, document.WithoutByteOrderMark(body))
	if len(errs) > 0 {
		return checkedBody{}, problem.New(http.StatusUnprocessableEntity, map[string]any{"json": errs})
	}
	text, err := encodeFields(fields)
	return checkedBody{value, text}, err
}

// encodeFields encodes the checked fields. Of equal keys fields holds the last.
func encodeFields(fields map[string]json.RawMessage) ([]byte, error) {
	var body bytes.Buffer
	encoder := json.NewEncoder(&body)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(fields); err != nil {
		return nil, invalidJSON()
	}
	return body.Bytes(), nil
}

// invalidJSON returns the error of a body that is no JSON, with further texts.
func invalidJSON(reasons ...string) *problem.Error {
	return problem.New(http.StatusBadRequest, map[string]any{"json": append([]string{"Invalid JSON body."}, reasons...)})
}

func tooLarge(format string, args ...any) *problem.Error {
	return problem.New(http.StatusRequestEntityTooLarge, map[string]any{"error": fmt.Sprintf(format, args...)})
}

// bodyError translates the errors of document.Parse.
func bodyError(err error) error {
	if limit, ok := errors.AsType[*document.LimitError](err); ok {
		errs := problem.FieldErrors{}
		errs.Add("_schema", limit.Error())
		return problem.New(http.StatusUnprocessableEntity, map[string]any{"json": errs})
	}
	if size, ok := errors.AsType[*document.SizeError](err); ok {
		return tooLarge("The body has %d bytes, and more than BODY_LIMIT, which is %d bytes, "+
			"when its numbers are written without exponents: up to the one at %q", size.Size, size.Limit, size.Pointer)
	}
	if syntax, ok := errors.AsType[*document.SyntaxError](err); ok && syntax.Literal != "" {
		return invalidJSON(fmt.Sprintf("%s at byte %d", syntax.Literal, syntax.Offset))
	}
	if _, ok := errors.AsType[*document.SyntaxError](err); ok {
		return invalidJSON()
	}
	return err
}

// isJSON reports whether a content type is application/json or application/*+json, in
// any case and with any parameters. No content type counts as JSON.
func isJSON(contentType string) bool {
	if contentType == "" {
		return true
	}
	mediaType, _, err := mime.ParseMediaType(contentType)
	if err != nil && !errors.Is(err, mime.ErrInvalidMediaParameter) {
		return false
	}
	subtype, ok := strings.CutPrefix(mediaType, "application/")
	return ok && (subtype == "json" || strings.HasSuffix(subtype, "+json"))
}

// isCoded reports whether the body is compressed or coded otherwise.
func isCoded(header http.Header) bool {
	coding := strings.TrimSpace(header.Get("Content-Encoding"))
	return coding != "" && !strings.EqualFold(coding, "identity")
}

// checkObject returns the fields that clients may write, none for an object of any
// fields. Their texts are those of the body.
func (c bodyCheck) checkObject(
	schema *huma.Schema, value document.Value, body []byte,
) (fields map[string]json.RawMessage, errs problem.FieldErrors) {
	fields, errs = map[string]json.RawMessage{}, problem.FieldErrors{}
	if value.Kind() != document.Object {
		errs.Add("_schema", "Invalid input type.")
		return nil, errs
	}
	if len(schema.Properties) == 0 {
		return fields, nil
	}
	if json.Unmarshal(body, &fields) != nil {
		errs.Add("_schema", "Invalid input type.")
		return nil, errs
	}
	for _, name := range schema.Required {
		if _, ok := fields[name]; !ok && !schema.Properties[name].ReadOnly {
			errs.Add(name, problem.MissingField)
		}
	}
	for name, value := range fields {
		property := schema.Properties[name]
		switch {
		case property == nil:
			errs.Add(name, problem.UnknownField)
		case property.ReadOnly:
			delete(fields, name)
		default:
			if wrong := c.checkValue(property, value); wrong != nil {
				errs[name] = wrong
			}
		}
	}
	return fields, errs
}

// checkValue returns the errors of a value, nil for none: a list of texts, or
// problem.FieldErrors by index where items of an array are wrong.
func (c bodyCheck) checkValue(schema *huma.Schema, value json.RawMessage) any {
	schema = c.resolve(schema)
	if startsWith(value, 'n') {
		return []string{"Field may not be null."}
	}
	switch schema.Type {
	case huma.TypeObject:
		if !startsWith(value, '{') {
			return []string{"Not a valid mapping type."}
		}
	case huma.TypeArray:
		return c.checkItems(schema.Items, value)
	default:
		if message := checkString(schema, value); message != "" {
			return []string{message}
		}
	}
	return nil
}

func (c bodyCheck) checkItems(items *huma.Schema, value json.RawMessage) any {
	var list []json.RawMessage
	if !startsWith(value, '[') || json.Unmarshal(value, &list) != nil {
		return []string{"Not a valid list."}
	}
	errs := problem.FieldErrors{}
	for i, item := range list {
		if wrong := c.checkValue(items, item); wrong != nil {
			errs[strconv.Itoa(i)] = wrong
		}
	}
	if len(errs) == 0 {
		return nil
	}
	return errs
}

// checkString returns what is wrong with a JSON string, "" for nothing.
func checkString(schema *huma.Schema, value json.RawMessage) string {
	var s string
	isString := json.Unmarshal(value, &s) == nil
	isID := schema.Format == parameter.FormatUUID
	switch {
	case !isString && isID:
		return problem.NotAUUID
	case !isString, !parameter.ValidText(s):
		return problem.NotAString
	case isID && uuid.Validate(s) != nil:
		return problem.NotAUUID
	// In bytes, which is stricter than the document's characters: PostgreSQL's indexes
	// take rows of up to 2704 bytes.
	case schema.MaxLength != nil && len(s) > *schema.MaxLength:
		return fmt.Sprintf("Longer than maximum length %d bytes: it has %d.", *schema.MaxLength, len(s))
	}
	return ""
}

func (c bodyCheck) resolve(schema *huma.Schema) *huma.Schema {
	for schema.Ref != "" {
		schema = c.registry.SchemaFromRef(schema.Ref)
	}
	return schema
}

func startsWith(value []byte, first byte) bool {
	value = bytes.TrimLeft(value, " \t\r\n")
	return len(value) > 0 && value[0] == first
}
