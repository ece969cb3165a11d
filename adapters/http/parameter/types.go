package parameter

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/http/problem"
	"github.com/eosc-perf/backend/core/filter"
)

// The formats of texts in schemas.
const (
	FormatUUID     = "uuid"
	FormatDate     = "date"
	FormatDateTime = "date-time"
)

func newKey[T any](name, description string, schema huma.Schema, parse func(string, Limits) (T, string)) *Key[T] {
	return &Key[T]{
		declaration: declaration{name: name, description: description, schema: schema},
		parseText: func(text string, limits Limits) (value T, message string) {
			if !ValidText(text) {
				return value, problem.NotAString
			}
			return parse(text, limits)
		},
	}
}

func newList[T any](
	name, description string, items huma.Schema, limit func(Limits) (int, string), parse func(string, Limits) (T, string),
) *List[T] {
	item := newKey(name, description, items, parse)
	list := &List[T]{declaration: item.declaration, limit: limit, parseText: item.parseText}
	list.schema = huma.Schema{Type: huma.TypeArray, Items: &items}
	return list
}

func stringSchema(format string) huma.Schema {
	return huma.Schema{Type: huma.TypeString, Format: format}
}

// ValidText reports whether the databases store the text: UTF-8 without NUL.
func ValidText(text string) bool { return utf8.ValidString(text) && !strings.ContainsRune(text, 0) }

func parseAnyText(text string, _ Limits) (value, message string) { return text, "" }

// Text is any text.
func Text(name, description string) *Key[string] {
	return newKey(name, description, stringSchema(""), parseAnyText)
}

// ShortText is a text of at most so many characters.
func ShortText(name, description string, most int) *Key[string] {
	schema := stringSchema("")
	schema.MaxLength = &most
	return newKey(name, description, schema, func(text string, _ Limits) (string, string) {
		if n := utf8.RuneCountInString(text); n > most {
			return "", fmt.Sprintf("Longer than maximum length %d characters: it has %d.", most, n)
		}
		return text, ""
	})
}

// Terms is a list of texts to search for, bounded by Limits.Terms.
func Terms(name, description string) *List[string] {
	return newList(name, description, stringSchema(""), func(l Limits) (int, string) { return l.Terms, "TERM_LIMIT" }, parseAnyText)
}

// ID is a UUID in any of its usual forms.
func ID(name, description string) *Key[uuid.UUID] {
	return newKey(name, description, stringSchema(FormatUUID), parseID)
}

// IDs is a list of UUIDs, bounded by Limits.IDs.
func IDs(name, description string) *List[uuid.UUID] {
	return newList(name, description, stringSchema(FormatUUID), func(l Limits) (int, string) { return l.IDs, TagLimit }, parseID)
}

// AnyID is a list of UUIDs like IDs, under a key that once had one value: the document
// describes one UUID, as older clients send, and the error of a value that stands alone is
// that of ID.
func AnyID(name, description string) *List[uuid.UUID] {
	list := IDs(name, description)
	list.schema, list.wasKey = stringSchema(FormatUUID), true
	return list
}

func parseID(text string, _ Limits) (id uuid.UUID, message string) {
	if uuid.Validate(text) != nil { // stricter than Parse, which skips the braces unseen
		return id, problem.NotAUUID
	}
	return uuid.MustParse(text), ""
}

// Date is a day of the years 1 to 9999, `2026-02-01`. The value is its start in UTC.
func Date(name, description string) *Key[time.Time] {
	return newKey(name, description, stringSchema(FormatDate), func(text string, _ Limits) (time.Time, string) {
		t, err := time.Parse(time.DateOnly, text)
		if err != nil || t.Year() < 1 {
			return t, "Not a valid date."
		}
		return t, ""
	})
}

// DateTime is a date-time in the contract's form of ISO 8601, see Time.
func DateTime(name, description string) *Key[Time] {
	key := newKey(name, description, stringSchema(FormatDateTime), func(text string, _ Limits) (Time, string) {
		t, ok := parseTime(text)
		if !ok {
			return t, "Not a valid datetime."
		}
		return t, ""
	})
	key.hint = hintAtPlus
	return key
}

// Enum is one of the values, which are different; the value is byDefault where the
// query has none, and the document names a default unless byDefault is the zero value.
func Enum[T ~string](name, description string, byDefault T, values ...T) *Key[T] {
	names := make([]string, len(values))
	schema := stringSchema("")
	for i, value := range values {
		names[i] = string(value)
		schema.Enum = append(schema.Enum, string(value))
	}
	if byDefault != "" {
		schema.Default = string(byDefault)
	}
	message := "Must be one of: " + strings.Join(names, ", ") + "."
	key := newKey(name, description, schema, func(text string, _ Limits) (T, string) {
		if !slices.Contains(names, text) {
			return "", message
		}
		return T(text), ""
	})
	key.byDefault = byDefault
	return key
}

// Range are the values of an Integer.
type Range struct {
	Min int
	// Max is the largest value, 0 for no bound.
	Max int
	// Default is the value where the query has none. Below Min it stands for no default.
	Default int
}

// largestInteger is the value of an integer beyond the range of an int: a page that
// is beyond every list, and whose offset is far from overflow.
const largestInteger = 1 << 40

// Integer is a decimal integer of the range. Blanks around it are no part of it.
func Integer(name, description string, r Range) *Key[int] {
	low := float64(r.Min)
	schema := huma.Schema{Type: huma.TypeInteger, Minimum: &low}
	if r.Default >= r.Min {
		schema.Default = r.Default
	}
	message := "Must be greater than or equal to " + strconv.Itoa(r.Min)
	if r.Max != 0 {
		high := float64(r.Max)
		schema.Maximum = &high
		message += " and less than or equal to " + strconv.Itoa(r.Max)
	}
	message += "."
	key := newKey(name, description, schema, func(text string, _ Limits) (int, string) {
		text = strings.TrimSpace(text)
		digits := strings.TrimPrefix(text, "-")
		if digits == "" || strings.Trim(digits, "0123456789") != "" {
			return 0, "Not a valid integer."
		}
		n := parseInteger(text)
		if n < r.Min || r.Max != 0 && n > r.Max {
			return 0, message
		}
		return n, ""
	})
	key.byDefault = r.Default
	return key
}

// parseInteger returns the value of an integer of any length, at most largestInteger
// and at least -largestInteger.
func parseInteger(text string) int {
	n, err := strconv.Atoi(text)
	switch {
	case err == nil:
		return max(-largestInteger, min(n, largestInteger))
	case strings.HasPrefix(text, "-"):
		return -largestInteger
	default:
		return largestInteger
	}
}

// Sort is an order by the fields, which the description names. The default is an order
// in the same notation, and stands for an empty value too.
func Sort(name, description string, fields []string, byDefault string) *Key[[]filter.Key] {
	schema := stringSchema("")
	schema.Default = byDefault
	defaultKeys, err := filter.ParseSort(byDefault, fields, filter.Limits{SortKeys: len(fields)})
	if err != nil {
		panic("the default order " + byDefault + ": " + err.Error())
	}
	defaultKeys = slices.Clip(defaultKeys) // requests share them
	key := newKey(name, description+" Fields: "+sortFields(fields)+".", schema, func(text string, limits Limits) ([]filter.Key, string) {
		keys, err := filter.ParseSort(text, fields, limits.Filter)
		switch {
		case err != nil:
			return nil, withSetting(err)
		case len(keys) == 0:
			return defaultKeys, ""
		}
		return keys, ""
	})
	key.byDefault = defaultKeys
	return key
}

// withSetting is the text of an error of a filter, an order or a condition, with the setting of the limit
// that is exceeded.
func withSetting(err error) string {
	text := err.Error()
	if exceeded, ok := errors.AsType[*filter.LimitError](err); ok {
		text += " (" + settings[exceeded.Limit] + ")"
	}
	return text
}

// sortFields lists the fields for the document.
func sortFields(fields []string) string {
	listed := make([]string, len(fields))
	for i, field := range fields {
		listed[i] = "`" + field + "`"
		if field == filter.JSONField {
			listed[i] += " (the whole document), `json.PATH` (what is at a dotted path in it, such as `json.result.score`)"
		}
	}
	return strings.Join(listed, ", ")
}

// Filters is a list of conditions on the JSON of results, bounded by Limits.Filters.
func Filters(name, description string) *List[filter.Condition] {
	return newList(name, description, stringSchema(""), func(l Limits) (int, string) { return l.Filters, filterLimit },
		func(text string, limits Limits) (filter.Condition, string) {
			condition, err := filter.ParseCondition(text, limits.Filter)
			if err != nil {
				return condition, withSetting(err)
			}
			return condition, ""
		})
}

// Where is a list of conditions on the named fields and the JSON of results, all of which must
// hold. Limits.Filters bounds the comparisons of all of them together.
func Where(name, description string, fields filter.Fields) *List[filter.Expression] {
	list := newList(name, description, stringSchema(""), func(l Limits) (int, string) { return l.Filters, filterLimit },
		func(text string, limits Limits) (filter.Expression, string) {
			bounds := limits.Filter
			bounds.Comparisons = limits.Filters
			e, err := filter.ParseWhere(text, fields, bounds)
			if err != nil {
				return nil, withSetting(err)
			}
			return e, ""
		})
	list.together = func(conditions []filter.Expression, limits Limits) (index int, message string) {
		if n := len(filter.And(conditions).Comparisons()); n > limits.Filters {
			return len(conditions) - 1, fmt.Sprintf(
				"At most %d comparisons are allowed (%s); in all conditions together there are %d.", limits.Filters, filterLimit, n)
		}
		return 0, ""
	}
	return list
}
