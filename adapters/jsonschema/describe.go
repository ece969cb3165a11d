package jsonschema

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	santhosh "github.com/santhosh-tekuri/jsonschema/v6"
	"github.com/santhosh-tekuri/jsonschema/v6/kind"
	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// describe chooses, of all that is wrong, the first in the order of places, so
// that the same document always gets the same answer.
func describe(violation *santhosh.ValidationError) *fault {
	first := firstLeaf(violation)
	return &fault{
		pointer: pointerTo(first.InstanceLocation),
		text:    explainViolation(first, message.NewPrinter(language.English), 0),
	}
}

// firstLeaf looks through violations that only say that a part is violated.
func firstLeaf(violation *santhosh.ValidationError) *santhosh.ValidationError {
	switch violation.ErrorKind.(type) {
	case *kind.Schema, *kind.Group, *kind.Reference, *kind.AllOf:
	default:
		return violation
	}
	if len(violation.Causes) == 0 {
		return violation
	}
	leaves := make([]*santhosh.ValidationError, len(violation.Causes))
	for i, cause := range violation.Causes {
		leaves[i] = firstLeaf(cause)
	}
	return slices.MinFunc(leaves, func(a, b *santhosh.ValidationError) int {
		return cmp.Or(
			slices.Compare(a.InstanceLocation, b.InstanceLocation),
			strings.Compare(a.SchemaURL, b.SchemaURL),
			slices.Compare(a.ErrorKind.KeywordPath(), b.ErrorKind.KeywordPath()),
		)
	})
}

// explainViolation adds to a violation of alternatives why each of the first is none.
func explainViolation(violation *santhosh.ValidationError, printer *message.Printer, level int) string {
	const mostLevels, mostCauses = 2, 3
	switch k := violation.ErrorKind.(type) {
	case *kind.RefCycle:
		return "the schema leads back to itself without getting further into the document"
	case *kind.AdditionalProperties:
		slices.Sort(k.Properties)
	case *kind.AnyOf, *kind.OneOf, *kind.Contains, *kind.PropertyNames:
		if level == mostLevels {
			break
		}
		var reasons []string
		for _, cause := range violation.Causes[:min(len(violation.Causes), mostCauses)] {
			leaf := firstLeaf(cause)
			reason := explainViolation(leaf, printer, level+1)
			if place := leaf.InstanceLocation; len(place) > len(violation.InstanceLocation) {
				reason = fmt.Sprintf("at %q %s", pointerTo(place), reason)
			}
			reasons = append(reasons, reason)
		}
		text := violation.ErrorKind.LocalizedString(printer)
		return strings.TrimSuffix(text+": "+strings.Join(reasons, "; "), ": ")
	}
	return violation.ErrorKind.LocalizedString(printer)
}

func pointerTo(location []string) string {
	var pointer strings.Builder
	for _, key := range location {
		pointer.WriteString("/" + escape(key))
	}
	return pointer.String()
}

// explain says what is wrong with a schema, in words for its author.
func (o *outline) explain(err error) *fault {
	pointer, text := o.place(err)
	// The author wrote neither of these.
	return &fault{pointer, strings.NewReplacer(baseURL, "", baseFolder, "").Replace(text)}
}

func (o *outline) place(err error) (pointer, text string) {
	if unloaded, ok := errors.AsType[*santhosh.LoadURLError](err); ok {
		ref := o.find(func(r reference) bool { return r.leadsTo(unloaded.URL) }, reference{"", "$ref", unloaded.URL})
		return ref.pointer, fmt.Sprintf("remote %s %q is not allowed; put the definitions under $defs", ref.keyword, ref.target)
	}
	if lost := lostPlace(err); lost != "" {
		ref := o.find(func(r reference) bool { return r.endsLike(lost) }, reference{"", "$ref", lost})
		return ref.pointer, fmt.Sprintf("%s %q leads to no place in the schema", ref.keyword, ref.target)
	}
	if invalid, ok := errors.AsType[*santhosh.SchemaValidationError](err); ok {
		if violation, ok := errors.AsType[*santhosh.ValidationError](invalid.Err); ok {
			f := describe(violation)
			return fragment(invalid.URL) + f.pointer, f.text
		}
	}
	if pattern, ok := errors.AsType[*santhosh.InvalidRegexError](err); ok {
		return fragment(pattern.URL), pattern.Err.Error()
	}
	if twice, ok := errors.AsType[*santhosh.DuplicateIDError](err); ok {
		return max(twice.Ptr1, twice.Ptr2), "an id that another schema has, too"
	}
	if twice, ok := errors.AsType[*santhosh.DuplicateAnchorError](err); ok {
		return max(twice.Ptr1, twice.Ptr2), fmt.Sprintf("anchor %q, which another schema has, too", twice.Anchor)
	}
	if loop, ok := errors.AsType[*loopError](err); ok {
		return fragment(loop.url), "a schema that leads back to itself without getting further into the document"
	}
	return "", err.Error()
}

// lostPlace is the URL of a place in the schema that is not there.
func lostPlace(err error) string {
	if e, ok := errors.AsType[*santhosh.JSONPointerNotFoundError](err); ok {
		return e.URL
	}
	if e, ok := errors.AsType[*santhosh.InvalidJsonPointerError](err); ok {
		return e.URL
	}
	if e, ok := errors.AsType[*santhosh.AnchorNotFoundError](err); ok {
		return e.Reference
	}
	return ""
}

func (o *outline) find(match func(reference) bool, otherwise reference) reference {
	if i := slices.IndexFunc(o.references, match); i >= 0 {
		return o.references[i]
	}
	return otherwise
}

// leadsTo tells whether the reference, whatever it is relative to, can be the URL.
func (r reference) leadsTo(address string) bool {
	file, _, _ := strings.Cut(r.target, "#")
	if decoded, err := url.PathUnescape(address); err == nil && file != address {
		address = decoded
	}
	return file == address || file != "" && strings.HasSuffix(address, "/"+strings.TrimLeft(file, "./"))
}

// endsLike tells whether the reference has the fragment of the URL, as far as
// the reference goes: the URL's is relative to the whole schema.
func (r reference) endsLike(url string) bool {
	end := fragment(r.target)
	return end != "" && strings.HasSuffix(fragment(url), end)
}

// fragment is what stands behind # in a URL, decoded.
func fragment(address string) string {
	_, encoded, _ := strings.Cut(address, "#")
	decoded, err := url.PathUnescape(encoded)
	if err != nil {
		return encoded
	}
	return decoded
}
