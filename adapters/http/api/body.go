package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"os"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/parameter"
	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/adapters/http/spool"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
)

// bodyCheck checks bodies against the limits and the schemas of the document.
type bodyCheck struct {
	registry huma.Registry
	limits   document.Limits
	spool    *spool.Spool
}

// receive receives the body. The caller closes the buffer.
func (c bodyCheck) receive(w http.ResponseWriter, r *http.Request, client string) (*spool.Buffer, error) {
	body := c.spool.NewBuffer(client)
	if err := c.receiveInto(body, w, r); err != nil {
		body.Close()
		return nil, err
	}
	return body, nil
}

func (c bodyCheck) receiveInto(body *spool.Buffer, w http.ResponseWriter, r *http.Request) error {
	if r.ContentLength > int64(c.limits.Bytes) {
		return tooLarge("The body has %d bytes; BODY_LIMIT is %d bytes", r.ContentLength, c.limits.Bytes)
	}
	_, err := body.ReadFrom(http.MaxBytesReader(w, r.Body, int64(c.limits.Bytes)))
	if limit, ok := errors.AsType[*http.MaxBytesError](err); ok {
		return tooLarge("The body has more than BODY_LIMIT, which is %d bytes", limit.Limit)
	}
	if err != nil {
		return notReceived(err)
	}
	switch {
	case body.Size() == 0:
	case !isJSON(r.Header.Get("Content-Type")):
		return problem.New(http.StatusUnsupportedMediaType, nil)
	case isCoded(r.Header):
		// RFC 9110, section 12.5.3: Accept-Encoding says which codings are read.
		return problem.New(http.StatusUnsupportedMediaType, nil).WithHeader("Accept-Encoding", "identity")
	}
	return nil
}

// notReceived is the answer to a body that did not arrive.
func notReceived(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return problem.New(http.StatusRequestTimeout, nil).WithHeader("Connection", "close")
	}
	if domain.KindOf(err) != 0 {
		return err
	}
	return invalidJSON()
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
	schema = c.resolve(schema)
	if errs := c.checkObject(schema, value); len(errs) > 0 {
		return checkedBody{}, problem.New(http.StatusUnprocessableEntity, map[string]any{"json": errs})
	}
	if len(schema.Properties) == 0 {
		return checkedBody{value, []byte("{}")}, nil
	}
	fields, err := writableFields(schema, document.WithoutByteOrderMark(body))
	return checkedBody{value, fields}, err
}

// writableFields returns the checked body without its read-only fields; of equal names
// it has the last. Values are spelled as in the body.
func writableFields(schema *huma.Schema, body []byte) ([]byte, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(body, &fields); err != nil {
		return nil, invalidJSON()
	}
	for name := range fields {
		if schema.Properties[name].ReadOnly {
			delete(fields, name)
		}
	}
	var text bytes.Buffer
	encoder := json.NewEncoder(&text)
	encoder.SetEscapeHTML(false)
	if err := encoder.Encode(fields); err != nil {
		return nil, invalidJSON()
	}
	return text.Bytes(), nil
}

// invalidJSON returns the error of a body that is no JSON, with further texts.
func invalidJSON(reasons ...string) *problem.Error {
	return problem.New(http.StatusBadRequest, map[string]any{"json": append([]string{"Invalid JSON body."}, reasons...)})
}

func tooLarge(format string, args ...any) *problem.Error {
	return problem.New(http.StatusRequestEntityTooLarge, map[string]any{"error": fmt.Sprintf(format, args...)})
}

// expanded is the format of the error of a text whose numbers are too long.
const expanded = "The %s has %d bytes, and more than BODY_LIMIT, which is %d bytes, " +
	"when its numbers are written without exponents: up to the one at %q"

// bodyError translates the errors of document.Parse.
func bodyError(err error) error {
	if limit, ok := errors.AsType[*document.LimitError](err); ok {
		errs := problem.FieldErrors{}
		errs.Add("_schema", limit.Error()+settingOf(limit))
		return problem.New(http.StatusUnprocessableEntity, map[string]any{"json": errs})
	}
	if size, ok := errors.AsType[*document.SizeError](err); ok {
		return tooLarge(expanded, "body", size.Size, size.Limit, size.Pointer)
	}
	if syntax, ok := errors.AsType[*document.SyntaxError](err); ok && syntax.Literal != "" {
		return invalidJSON(fmt.Sprintf("%s at byte %d", syntax.Literal, syntax.Offset))
	}
	if _, ok := errors.AsType[*document.SyntaxError](err); ok {
		return invalidJSON()
	}
	return err
}

// settingOf names the setting of a limit, in brackets; "" for one that is fixed.
func settingOf(limit *document.LimitError) string {
	switch {
	case limit.Levels > 0:
		return " (JSON_DEPTH_LIMIT)"
	case limit.Exponent > 0:
		return " (NUMBER_EXPONENT_LIMIT)"
	}
	return ""
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
	for coding := range strings.SplitSeq(strings.Join(header.Values("Content-Encoding"), ","), ",") {
		if coding = strings.TrimSpace(coding); coding != "" && !strings.EqualFold(coding, "identity") {
			return true
		}
	}
	return false
}

// checkObject returns the errors of a body by its fields, none for an object of any
// fields.
func (c bodyCheck) checkObject(schema *huma.Schema, body document.Value) problem.FieldErrors {
	errs := problem.FieldErrors{}
	if body.Kind() != document.Object {
		errs.Add("_schema", "Invalid input type.")
		return errs
	}
	if len(schema.Properties) == 0 {
		return nil
	}
	for _, name := range schema.Required {
		if _, ok := body.Get(name); !ok && !schema.Properties[name].ReadOnly {
			errs.Add(name, problem.MissingField)
		}
	}
	for i := range body.Len() {
		name := body.Name(i)
		switch property := schema.Properties[name]; {
		case property == nil:
			errs.Add(name, problem.UnknownField)
		case property.ReadOnly:
		default:
			if wrong := c.checkValue(property, body.Item(i)); wrong != nil {
				errs[name] = wrong
			}
		}
	}
	return errs
}

// checkValue returns the errors of a value, nil for none: a list of texts, or
// problem.FieldErrors by index where items of an array are wrong.
func (c bodyCheck) checkValue(schema *huma.Schema, value document.Value) any {
	schema = c.resolve(schema)
	switch {
	case value.Kind() == document.Null:
		return []string{"Field may not be null."}
	case schema.Type == huma.TypeArray:
		return c.checkItems(schema.Items, value)
	case schema.Type == huma.TypeObject && value.Kind() != document.Object:
		return []string{"Not a valid mapping type."}
	case schema.Type == huma.TypeObject:
		return nil
	}
	if message := checkString(schema, value); message != "" {
		return []string{message}
	}
	return nil
}

func (c bodyCheck) checkItems(items *huma.Schema, list document.Value) any {
	if list.Kind() != document.Array {
		return []string{"Not a valid list."}
	}
	errs := problem.FieldErrors{}
	for i := range list.Len() {
		if wrong := c.checkValue(items, list.Item(i)); wrong != nil {
			errs[strconv.Itoa(i)] = wrong
		}
	}
	if len(errs) == 0 {
		return nil
	}
	return errs
}

// checkString returns what is wrong with a string, "" for nothing.
func checkString(schema *huma.Schema, value document.Value) string {
	isString, isID, text := value.Kind() == document.String, schema.Format == parameter.FormatUUID, value.Text()
	switch {
	case !isString && isID:
		return problem.NotAUUID
	case !isString, !parameter.ValidText(text):
		return problem.NotAString
	case isID && uuid.Validate(text) != nil:
		return problem.NotAUUID
	// In bytes, which is stricter than the document's characters: PostgreSQL's indexes
	// take rows of up to 2704 bytes.
	case schema.MaxLength != nil && len(text) > *schema.MaxLength:
		return fmt.Sprintf("Longer than maximum length %d bytes: it has %d.", *schema.MaxLength, len(text))
	}
	return ""
}

func (c bodyCheck) resolve(schema *huma.Schema) *huma.Schema {
	for schema.Ref != "" {
		schema = c.registry.SchemaFromRef(schema.Ref)
	}
	return schema
}
