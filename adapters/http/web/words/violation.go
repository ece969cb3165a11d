package words

import (
	"strings"

	"github.com/eosc-perf/backend/core/domain"
)

// typeNames are the types of JSON in plain words.
var typeNames = map[string]string{
	"null": "empty (null)", "boolean": "true or false", "number": "a number", "integer": "a whole number", "string": "text",
	"array": "a list", "object": "an object",
}

// Violation says what is wrong in a document, and where: /result/score is text, must be a number.
// What is no type and no missing member has the words of the validator.
func Violation(v domain.Violation) string {
	place := v.Pointer
	if place == "" {
		place = "the whole document"
	}
	switch v.Rule {
	case "type":
		got, want, ok := strings.Cut(strings.TrimPrefix(v.Message, "got "), ", want ")
		if !ok {
			break
		}
		names := strings.Split(want, " or ")
		for i, name := range names {
			names[i] = typeName(name)
		}
		return place + " is " + typeName(got) + ", must be " + strings.Join(names, " or ")
	case "required":
		if name, ok := strings.CutPrefix(v.Message, "missing property '"); ok {
			return place + ": " + strings.TrimSuffix(name, "'") + " is missing"
		}
		if names, ok := strings.CutPrefix(v.Message, "missing properties '"); ok {
			return place + ": " + strings.ReplaceAll(strings.TrimSuffix(names, "'"), "', '", ", ") + " are missing"
		}
	}
	return place + ": " + v.Message
}

func typeName(name string) string {
	if known, ok := typeNames[name]; ok {
		return known
	}
	return name
}
