// Package parameter parses queries. A parameter is a typed key of a query: it describes
// itself in the OpenAPI document, parses its own values, and returns the parsed value
// to handlers.
//
// The parameters of an operation are values and not fields of an input struct, because
// the OpenAPI library takes an empty value for an absent one, and the contract does
// not.
package parameter

import (
	"fmt"
	"strconv"

	"github.com/danielgtaylor/huma/v2"

	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/core/filter"
)

// Limits bound what a query may hold.
type Limits struct {
	// Filters, Terms and IDs are the largest numbers of values of a list.
	Filters, Terms, IDs int
	// Filter bounds single filters and sorts.
	Filter filter.Limits
}

// Parameter is a key of a query.
type Parameter interface {
	// Name is the key.
	Name() string
	// Describe returns the parameter for the OpenAPI document.
	Describe() *huma.Param
	// InvalidExample returns the title of an example of a value that is refused, and the
	// errors of that value; "" for no example.
	InvalidExample() (title string, errors any)
	// NotFoundExample is the title of an example of a value that is answered with 404,
	// "" for none.
	NotFoundExample() string
	// parse returns the value of the given texts, at least one, or their errors: a
	// list of texts, or problem.FieldErrors by index. The types of values are *T for a
	// Key[T] and []T for a List[T].
	parse(given []string, limits Limits) (value, errors any)
	// excludes returns the keys that a query may not have besides, and the message about them.
	excludes() (keys []string, message string)
	group
}

// group is one parameter or several that belong together.
type group interface{ Parameters() []Parameter }

// Group is several parameters that belong together.
type Group []Parameter

// Parameters returns the parameters of the group.
func (g Group) Parameters() []Parameter { return g }

// Join returns the parameters of single parameters and groups, in this order.
func Join(groups ...group) []Parameter {
	var all []Parameter
	for _, g := range groups {
		all = append(all, g.Parameters()...)
	}
	return all
}

// declaration is what is said about a parameter of any type.
type declaration struct {
	name, description string
	schema            huma.Schema
	required          bool
	example           any
	// invalidTitle and invalidValue are the example of a value that is refused.
	invalidTitle, invalidValue string
	notFoundTitle              string
	// excludedKeys are keys that a query may not have besides, and excluded says so.
	excludedKeys []string
	excluded     string
}

// Name implements Parameter.
func (d *declaration) Name() string { return d.name }

// Describe implements Parameter.
func (d *declaration) Describe() *huma.Param {
	schema := d.schema
	return &huma.Param{
		Name: d.name, In: "query", Description: d.description, Schema: &schema, Required: d.required, Example: d.example,
	}
}

func (d *declaration) excludes() (keys []string, message string) { return d.excludedKeys, d.excluded }

// NotFoundExample implements Parameter.
func (d *declaration) NotFoundExample() string { return d.notFoundTitle }

// exampleLimits admit every example of a value that is refused for its form.
var exampleLimits = Limits{Filters: 1, Terms: 1, IDs: 1, Filter: filter.Limits{PathParts: 1, SortKeys: 1}}

func invalidExample(d *declaration, p Parameter) (title string, errors any) {
	if d.invalidTitle == "" {
		return "", nil
	}
	_, errors = p.parse([]string{d.invalidValue}, exampleLimits)
	return d.invalidTitle, errors
}

// Key is a parameter with one value of type T. If a query has the key twice, the first
// value counts.
type Key[T any] struct {
	declaration
	byDefault T
	// parseText returns the value of a text, or a message about what is wrong.
	parseText func(text string, limits Limits) (value T, message string)
	// hint returns a further message for a text that is refused, "" for none; may be nil.
	hint func(text string) string
}

// Required makes a query without the key invalid.
func (k *Key[T]) Required() *Key[T] {
	k.required = true
	return k
}

// Excludes makes a query invalid that has one of the other keys besides.
func (k *Key[T]) Excludes(message string, keys ...string) *Key[T] {
	k.excluded, k.excludedKeys = message, keys
	return k
}

// WithExample sets the value with which the API page fills the field. An optional
// parameter should have only an example that finds something.
func (k *Key[T]) WithExample(value any) *Key[T] {
	k.example = value
	return k
}

// WithInvalid sets an example of a value that is refused.
func (k *Key[T]) WithInvalid(title, value string) *Key[T] {
	k.invalidTitle, k.invalidValue = title, value
	return k
}

// WithNotFound sets the title of an example of a value that is answered with 404.
func (k *Key[T]) WithNotFound(title string) *Key[T] {
	k.notFoundTitle = title
	return k
}

// Parameters implements group.
func (k *Key[T]) Parameters() []Parameter { return []Parameter{k} }

// InvalidExample implements Parameter.
func (k *Key[T]) InvalidExample() (title string, errors any) {
	return invalidExample(&k.declaration, k)
}

func (k *Key[T]) parse(given []string, limits Limits) (value, errors any) {
	parsed, message := k.parseText(given[0], limits)
	if message == "" {
		return &parsed, nil
	}
	messages := []string{message}
	if k.hint != nil {
		if hint := k.hint(given[0]); hint != "" {
			messages = append(messages, hint)
		}
	}
	return nil, messages
}

// Optional returns the value, nil if the query has none.
func (k *Key[T]) Optional(v Values) *T {
	if value, ok := v.get(k).(*T); ok {
		return value
	}
	return nil
}

// Of returns the value, or the default if the query has none.
func (k *Key[T]) Of(v Values) T {
	if value := k.Optional(v); value != nil {
		return *value
	}
	return k.byDefault
}

// The settings that answers name.
const (
	// TagLimit is that of Limits.IDs.
	TagLimit    = "TAG_LIMIT"
	filterLimit = "FILTER_LIMIT"
)

// settings are those of the limits of filters, orders and conditions.
var settings = map[filter.Limit]string{
	filter.PathParts: "PATH_LIMIT", filter.SortKeys: "SORT_LIMIT", filter.Exponent: "NUMBER_EXPONENT_LIMIT", filter.Comparisons: filterLimit,
}

// List is a parameter that a query may repeat, with values of type T.
type List[T any] struct {
	declaration
	// limit is the largest number of values, and the setting that says so; "" for none.
	limit     func(Limits) (most int, setting string)
	parseText func(text string, limits Limits) (value T, message string)
	// wasKey: the document describes a key with one value, and the errors of a value that
	// stands alone have no index.
	wasKey bool
	// together returns a message about the values together, and the index of the value that
	// it is about; "" for none. It may be nil.
	together func(values []T, limits Limits) (index int, message string)
}

// WithExample sets the values with which the API page fills the field: values that find
// something.
func (l *List[T]) WithExample(values any) *List[T] {
	l.example = values
	return l
}

// WithInvalid sets an example of a value that is refused.
func (l *List[T]) WithInvalid(title, value string) *List[T] {
	l.invalidTitle, l.invalidValue = title, value
	return l
}

// Parameters implements group.
func (l *List[T]) Parameters() []Parameter { return []Parameter{l} }

// InvalidExample implements Parameter.
func (l *List[T]) InvalidExample() (title string, errors any) {
	return invalidExample(&l.declaration, l)
}

func (l *List[T]) parse(given []string, limits Limits) (value, errors any) {
	errs := problem.FieldErrors{}
	if most, setting := l.limit(limits); len(given) > most {
		if setting != "" {
			setting = " (" + setting + ")"
		}
		errs.Add(strconv.Itoa(most), fmt.Sprintf("At most %d %s are allowed%s; there are %d.", most, l.name, setting, len(given)))
		return nil, errs
	}
	values := make([]T, len(given))
	for i, text := range given {
		var message string
		if values[i], message = l.parseText(text, limits); message != "" {
			errs.Add(strconv.Itoa(i), message)
		}
	}
	if len(errs) == 0 && l.together != nil {
		if index, message := l.together(values, limits); message != "" {
			errs.Add(strconv.Itoa(index), message)
		}
	}
	switch {
	case len(errs) == 0:
		return values, nil
	case l.wasKey && len(given) == 1:
		return nil, errs["0"]
	default:
		return nil, errs
	}
}

// Of returns the values, nil if the query has none.
func (l *List[T]) Of(v Values) []T {
	values, _ := v.get(l).([]T)
	return values
}
