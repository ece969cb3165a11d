package jsonschema

import (
	"fmt"
	"net/url"
	"strconv"
	"strings"

	"github.com/eosc-perf/backend/core/document"
)

// source is one JSON document with schemas.
type source struct {
	value document.Value
	// schemas are those that were compiled, by the JSON Pointers of their places.
	schemas map[string]*schema
	// owners are the resources of all schemas that were found, by their places.
	owners map[string]*resource
	// closed tells that nothing more is compiled.
	closed bool
}

// resource is a schema with a URL of its own, and what belongs to it.
type resource struct {
	source *source
	url    *url.URL
	// place is the JSON Pointer of its root.
	place string
	draft *draft
	// anchors are the places of names.
	anchors map[string]string
	// dynamicAnchors are the schemas with $dynamicAnchor; before compilation nil.
	dynamicAnchors map[string]*schema
	// root is set when the resource is compiled.
	root *schema
	// recursive tells that the root has $recursiveAnchor.
	recursive bool
	// isDraft tells that the root is the schema that all schemas of a draft satisfy.
	isDraft bool
}

// baseURL is what relative references are resolved against: a name that no author
// writes by chance.
var baseURL = &url.URL{Scheme: "mem", Path: "/json-schema-of-the-benchmark"}

// collect finds all resources and anchors of a value that is a schema, and of its
// subschemas. outer is the resource around, nil for a whole document.
func (c *compiler) collect(value document.Value, src *source, place string, outer *resource) {
	c.step(1)
	owner := outer
	if value.Kind() == document.Object {
		owner = c.resourceOf(value, src, place, outer)
		c.collectAnchors(value, place, owner)
	}
	if owner == nil {
		owner = c.addResource(&resource{source: src, url: c.base, place: place, draft: latest})
	}
	src.owners[place] = owner
	if value.Kind() != document.Object {
		return
	}
	for i := range value.Len() {
		keyword := value.Name(i)
		kind, ok := subschemas[keyword]
		if !ok || owner.draft.version < kind.since.version {
			continue
		}
		c.collectKeyword(value.Item(i), src, place+"/"+keyword, kind.form, owner)
	}
}

func (c *compiler) collectKeyword(value document.Value, src *source, place string, f form, owner *resource) {
	switch isList := value.Kind() == document.Array; {
	case f == named && value.Kind() == document.Object:
		for i := range value.Len() {
			c.collect(value.Item(i), src, place+"/"+escape(value.Name(i)), owner)
		}
	case f == list && isList, f == singleOrList && isList:
		for i := range value.Len() {
			c.collect(value.Item(i), src, place+"/"+strconv.Itoa(i), owner)
		}
	case f == single, f == singleOrList:
		c.collect(value, src, place, owner)
	}
}

// resourceOf returns the resource that a schema belongs to, which may begin with it.
func (c *compiler) resourceOf(object document.Value, src *source, place string, outer *resource) *resource {
	d, base := declaredDraft(object), c.base
	if outer != nil {
		base = outer.url
		// $schema counts at the root of a resource only.
		if d == nil || idOf(object, d) == "" {
			d = outer.draft
		}
	}
	if d == nil {
		d = latest
	}
	id := idOf(object, d)
	if id == "" && outer != nil {
		return outer
	}
	address, _, err := c.resolve(base, id)
	if err != nil {
		c.report(&fault{pointer: place + "/" + d.id, text: quote(beginning(id)) + " is not valid uri-reference"})
		address = base
	}
	return c.addResource(&resource{source: src, url: address, place: place, draft: d})
}

// idOf returns the URL of a schema without its fragment.
func idOf(object document.Value, d *draft) string {
	if _, ok := textOf(object, "$ref"); ok && d.ignoresSiblings() {
		return ""
	}
	id, _ := textOf(object, d.id)
	id, _, _ = strings.Cut(id, "#")
	return id
}

func (c *compiler) addResource(r *resource) *resource {
	name := r.url.String()
	if other := c.resources[name]; other != nil {
		if other.place != r.place {
			c.report(&fault{pointer: r.place, text: "an id that another schema has, too"})
		}
		return other
	}
	r.anchors = map[string]string{}
	c.resources[name] = r
	return r
}

func (c *compiler) collectAnchors(object document.Value, place string, owner *resource) {
	add := func(name string) {
		if other, ok := owner.anchors[name]; ok && other != place {
			c.report(&fault{pointer: place, text: fmt.Sprintf("anchor %q, which another schema has, too", name)})
			return
		}
		owner.anchors[name] = place
	}
	if owner.draft.ignoresSiblings() {
		id, _ := textOf(object, owner.draft.id)
		_, encoded, _ := strings.Cut(id, "#")
		name, err := url.PathUnescape(encoded)
		if _, refers := textOf(object, "$ref"); err == nil && name != "" && name[0] != '/' && !refers {
			add(name)
		}
		return
	}
	if name, ok := textOf(object, "$anchor"); ok {
		add(name)
	}
	if name, ok := textOf(object, "$dynamicAnchor"); ok && owner.draft.version >= draft2020.version {
		add(name)
		if owner.dynamicAnchors == nil {
			owner.dynamicAnchors = map[string]*schema{}
		}
		owner.dynamicAnchors[name] = nil
	}
	if recursive, ok := object.Get("$recursiveAnchor"); ok && place == owner.place {
		owner.recursive = recursive.Kind() == document.True
	}
}

// resolve returns the URL without fragment that a reference means, and its decoded
// fragment. It counts also the work of writing the URL, as callers do.
func (c *clock) resolve(base *url.URL, reference string) (address *url.URL, fragment string, err error) {
	const unit = 64
	c.step(1 + (len(base.Host)+len(base.Path)+len(base.RawQuery)+len(base.Opaque)+len(reference))/unit)
	target, encoded, _ := strings.Cut(reference, "#")
	if fragment, err = url.PathUnescape(encoded); err != nil {
		return nil, "", err
	}
	if target == "" {
		return base, fragment, nil
	}
	parsed, err := url.Parse(target)
	if err != nil {
		return nil, "", err
	}
	if !parsed.IsAbs() && base.Opaque != "" {
		// A URN has no parts to be relative to.
		return parsed, fragment, nil
	}
	return base.ResolveReference(parsed), fragment, nil
}

// unescape makes a token of a JSON Pointer a name. ok is false for a bad token.
func unescape(token string) (name string, ok bool) {
	escapes := strings.Count(token, "~")
	if escapes == 0 {
		return token, true
	}
	if strings.Count(token, "~0")+strings.Count(token, "~1") != escapes {
		return "", false
	}
	return strings.ReplaceAll(strings.ReplaceAll(token, "~1", "/"), "~0", "~"), true
}

// lookup returns the value at a JSON Pointer, and the pointer in its usual form.
func lookup(value document.Value, pointer string) (found document.Value, place string, ok bool) {
	if pointer == "" {
		return value, "", true
	}
	if pointer[0] != '/' {
		return document.Value{}, "", false
	}
	for token := range strings.SplitSeq(pointer[1:], "/") {
		name, valid := unescape(token)
		if !valid {
			return document.Value{}, "", false
		}
		switch value.Kind() {
		case document.Object:
			if value, ok = value.Get(name); !ok {
				return document.Value{}, "", false
			}
		case document.Array:
			i, err := strconv.Atoi(name)
			if err != nil || i < 0 || i >= value.Len() || strconv.Itoa(i) != name {
				return document.Value{}, "", false
			}
			value = value.Item(i)
		default:
			return document.Value{}, "", false
		}
		place += "/" + escape(name)
	}
	return value, place, true
}
