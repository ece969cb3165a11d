package api

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/parameter"
	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/adapters/http/representation"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// cursor is a place in the answer of one query. A client sees it as a text.
type cursor struct {
	// query is the fingerprint of the query that it belongs to.
	query [fingerprintSize]byte
	// after is nil for the beginning of the list.
	after *ports.Position
}

// fingerprintSize is the length in bytes of fingerprints and checksums.
const fingerprintSize = 8

const badCursor = "Not a valid cursor."

// The parameters of lists that can be read by cursors.
var (
	atCursor = parameter.Parsed("cursor",
		"Reads the list in parts, each behind the one before, whose cost does not grow: empty for the first part, then `next_cursor` of "+
			"the answer. "+
			"The answer then has `items`, `per_page`, `has_next` and `next_cursor`. Not together with `page`.", parseCursor).
		Excludes("Not allowed with cursor.", pageNumber.Name())

	withCount = parameter.Boolean("count", "With `cursor`: whether the answer has `total` and `pages`")
)

// String is the cursor as clients see it: fingerprint, id, values and a checksum.
func (c cursor) String() string {
	b := slices.Concat(c.query[:], c.after.ID[:])
	for _, v := range c.after.Values {
		flags := byte(0)
		if v.Missing {
			flags |= 1
		}
		if v.Elided {
			flags |= 2
		}
		b = binary.AppendUvarint(append(b, flags), uint64(len(v.Text))) //nolint:gosec // a length is not negative
		b = append(b, v.Text...)
	}
	return base64.RawURLEncoding.EncodeToString(append(b, checksum(b)...))
}

func checksum(b []byte) []byte {
	sum := sha256.Sum256(append([]byte("cursor 1 "), b...))
	return sum[:fingerprintSize]
}

// parseCursor reads a cursor, and checks that it is one of ours, as far as its query can be
// unknown.
func parseCursor(text string) (c cursor, message string) {
	if text == "" {
		return c, ""
	}
	b, err := base64.RawURLEncoding.Strict().DecodeString(text)
	const head = fingerprintSize + len(uuid.UUID{})
	if err != nil || len(b) < head+fingerprintSize {
		return c, badCursor
	}
	b, sum := b[:len(b)-fingerprintSize], b[len(b)-fingerprintSize:]
	if !slices.Equal(sum, checksum(b)) {
		return c, badCursor
	}
	c.after = &ports.Position{ID: uuid.UUID(b[fingerprintSize:head])}
	copy(c.query[:], b)
	for b = b[head:]; len(b) > 0; {
		flags := b[0]
		size, n := binary.Uvarint(b[1:])
		if n <= 0 || size > ports.MaxSortValue {
			return c, badCursor
		}
		end := 1 + n + int(size) //nolint:gosec // at most MaxSortValue
		if end > len(b) {
			return c, badCursor
		}
		c.after.Values = append(c.after.Values, ports.SortValue{Text: string(b[1+n : end]), Missing: flags&1 != 0, Elided: flags&2 != 0})
		b = b[end:]
	}
	return c, ""
}

// valueLimits admit all values that the databases can compare.
var valueLimits = document.Limits{
	Bytes: 1 << 20, Depth: ports.MaxSortValue, Exponent: 5000,
}

// fits tells whether the values can be those of the keys. Whoever knows the checksum could make
// others.
func (c cursor) fits(ctx context.Context, sort []filter.Key) bool {
	if len(c.after.Values) != len(sort) {
		return false
	}
	for i, v := range c.after.Values {
		if v.Elided || v.Missing && sort[i].Field == filter.JSONField {
			continue
		}
		var err error
		switch ports.ResultFields[sort[i].Field] {
		case filter.DocumentType:
			_, err = document.Parse(ctx, []byte(v.Text), valueLimits)
		case filter.IDType:
			_, err = uuid.Parse(v.Text)
		case filter.TimeType:
			_, err = time.Parse(time.RFC3339Nano, v.Text)
		default:
			if !utf8.ValidString(v.Text) || strings.ContainsRune(v.Text, 0) {
				return false
			}
		}
		if err != nil {
			return false
		}
	}
	return true
}

// fingerprintOf is the same for equal queries of one caller and operation, whatever the size
// of their pages.
func fingerprintOf(operation string, caller domain.Caller, q ports.ResultQuery) (sum [fingerprintSize]byte) {
	var b strings.Builder
	part := func(name string, values ...any) { fmt.Fprintf(&b, "%s %q\n", name, values) }
	part("operation", operation)
	if operation == domain.ListUserResults.ID {
		part("caller", caller.User().UserID)
	}
	for _, key := range q.Sort {
		part("sort", key.Field, key.Path != nil, key.Path.String(), key.Descending)
	}
	instant := func(t *time.Time) string {
		if t == nil {
			return ""
		}
		return t.UTC().Format(time.RFC3339Nano)
	}
	part("uploaded", instant(q.Uploaded.After), instant(q.Uploaded.Before))
	part("executed", instant(q.Executed.After), instant(q.Executed.Before), instant(q.AsOf))
	part("entities", q.BenchmarkIDs, q.SiteIDs, q.FlavorIDs, q.TagIDs, q.Terms)
	for _, f := range q.Filters {
		part("filter", f.Path.String(), f.Operator, int(f.Kind), f.Value)
	}
	if q.Where != nil {
		part("where", q.Where.String())
	}
	whole := sha256.Sum256([]byte(b.String()))
	copy(sum[:], whole[:])
	return sum
}

// Listing is the answer of a list of results: a page, or a part behind a cursor.
type Listing struct {
	page    *Results
	items   []Result
	perPage int
	next    string
	// total is nil if nobody asked for it.
	total *int
}

// Schema implements huma.SchemaProvider: the document describes pages.
func (Listing) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[Results](), true, "Results")
}

// AppendJSON implements representation.Appender.
func (l Listing) AppendJSON(b []byte, flush representation.Flush) []byte {
	if l.page != nil {
		return l.page.AppendJSON(b, flush)
	}
	b = Results{Items: l.items}.appendItems(append(b, `{"items":`...), flush)
	b = strconv.AppendInt(append(b, `,"per_page":`...), int64(l.perPage), 10)
	b = strconv.AppendBool(append(b, `,"has_next":`...), l.next != "")
	if l.next != "" {
		b = representation.AppendText(b, `,"next_cursor":`, l.next)
	}
	if l.total != nil {
		b = strconv.AppendInt(append(b, `,"total":`...), int64(*l.total), 10)
		b = strconv.AppendInt(append(b, `,"pages":`...), int64((*l.total+l.perPage-1)/l.perPage), 10)
	}
	return append(b, '}')
}

// listingOutput is the answer with its headers.
type listingOutput struct {
	Link string `header:"Link" doc:"With cursor: the next part of the list"`
	Body Listing
}

// cursorQuery reads the query of a list. isPart: it has a cursor, and asks for a part of the list.
// message says what is wrong with the cursor, "" for nothing.
func (r *request) cursorQuery(ctx context.Context, operation string) (q ports.CursorQuery, isPart bool, message string) {
	q.ResultQuery = r.resultQuery()
	at := atCursor.Optional(r.query)
	if at == nil {
		return q, false, ""
	}
	switch {
	case at.after != nil && at.query != fingerprintOf(operation, r.caller, q.ResultQuery):
		return q, true, "Cursor belongs to another query."
	case at.after != nil && !at.fits(ctx, q.Sort):
		return q, true, badCursor
	}
	q.After, q.WithTotal = at.after, withCount.Of(r.query)
	return q, true, ""
}

// listing registers what serves a list of results, by pages or by cursors.
func listing(
	operation string,
	pages func(context.Context, domain.Caller, ports.ResultQuery) (domain.Page[*domain.Result], error),
	parts func(context.Context, domain.Caller, ports.CursorQuery) (ports.ResultPart, error),
) handler {
	return register(http.StatusOK, func(ctx context.Context, r *request, _ *none) (*listingOutput, error) {
		q, isPart, message := r.cursorQuery(ctx, operation)
		switch {
		case message != "":
			return nil, cursorProblem(message)
		case !isPart:
			page, err := pages(ctx, r.caller, q.ResultQuery)
			if err != nil {
				return nil, err
			}
			results := toResults(page)
			return &listingOutput{Body: Listing{page: &results}}, nil
		}
		part, err := parts(ctx, r.caller, q)
		if errors.Is(err, ports.ErrPlaceGone) {
			return nil, cursorProblem("Cursor is no longer usable.")
		}
		if err != nil {
			return nil, err
		}
		out := &listingOutput{Body: Listing{items: make([]Result, len(part.Items)), perPage: q.Page.Size}}
		for i, item := range part.Items {
			out.Body.items[i] = toResult(item)
		}
		if q.WithTotal {
			out.Body.total = &part.Total
		}
		if part.Next != nil {
			next := cursor{query: fingerprintOf(operation, r.caller, q.ResultQuery), after: part.Next}
			out.Body.next = next.String()
			out.Link = "<" + linkTo(r.rawQuery, out.Body.next) + `>; rel="next"`
		}
		return out, nil
	})
}

func cursorProblem(message string) error {
	fields := problem.FieldErrors{}
	fields.Add(atCursor.Name(), message)
	return problem.New(http.StatusUnprocessableEntity, map[string]any{"query": fields})
}

// linkTo is the query of the request with another cursor, relative to its URL.
func linkTo(rawQuery, next string) string {
	pairs := slices.DeleteFunc(strings.Split(rawQuery, "&"), func(pair string) bool {
		key, _, _ := strings.Cut(pair, "=")
		name, err := url.QueryUnescape(key)
		return err != nil || pair == "" || strings.TrimSuffix(name, "[]") == atCursor.Name()
	})
	return "?" + strings.NewReplacer("<", "%3C", ">", "%3E", `"`, "%22").Replace(strings.Join(append(pairs, atCursor.Name()+"="+next), "&"))
}
