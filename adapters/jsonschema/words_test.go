package jsonschema_test

import (
	"context"
	"testing"

	"github.com/eosc-perf/backend/adapters/jsonschema"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
)

// A pattern is named as its schema has it, a limit as what it is, and what is not said is what is
// allowed instead.
func TestWordsOfViolations(t *testing.T) {
	v := jsonschema.New()
	for _, c := range []struct{ schema, document, rule, want string }{
		{`{"properties":{"a":{"pattern":"^\\d+'\\n$"}}}`, `{"a":"it's\\"}`, "pattern", `'it\'s\\' does not match pattern '^\d+'\n$'`},
		{`{"properties":{"a":{"pattern":"a\n\u200eb"}}}`, `{"a":"x"}`, "pattern", `'x' does not match pattern 'a\n\u200eb'`},
		{`{"properties":{"a":{"pattern":"(a+)+\\db(?=c)"}}}`, `{"a":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}`, "limit",
			`matching the pattern '(a+)+\db(?=c)' takes longer than 100ms`},
		{`{"properties":{"a":{"minimum":3}}}`, `{"a":2}`, "minimum", "minimum: got 2, want at least 3"},
		{`{"properties":{"a":{"maximum":3}}}`, `{"a":4}`, "maximum", "maximum: got 4, want at most 3"},
		{`{"properties":{"a":{"minLength":3}}}`, `{"a":"é"}`, "minLength", "minLength: got 1, want at least 3"},
		{`{"properties":{"a":{"maxItems":1}}}`, `{"a":[1,2]}`, "maxItems", "maxItems: got 2, want at most 1"},
		{`{"properties":{"a":{"not":{"pattern":"x"}}}}`, `{"a":"xx"}`, "not",
			"'not' failed: the value satisfies the schema that it must not satisfy"},
		{`{"properties":{"a":{"oneOf":[{},{"minimum":0}]}}}`, `{"a":1}`, "oneOf", "'oneOf' failed, subschemas 0, 1 matched, exactly one must"},
		{`{"properties":{"a":{"contains":{"pattern":"x"},"minContains":2}}}`, `{"a":["x"]}`, "minContains",
			"min 2 items required to match contains schema, but matched 1 item at 0"},
	} {
		value, err := document.Parse(t.Context(), []byte(c.document), document.StoredLimits)
		if err != nil {
			t.Fatal(err)
		}
		found, err := v.Violations(t.Context(), []byte(c.schema), value, 10)
		if err != nil || len(found) != 1 || found[0] != (domain.Violation{Pointer: "/a", Rule: c.rule, Message: c.want}) {
			t.Errorf("%s %s:\n%+v, %v\nwant %s: %s", c.schema, c.document, found, err, c.rule, c.want)
		}
	}
	for schema, want := range map[string]string{
		`{"pattern":"^\\d\\d("}`: `'^\d\d(' is not a valid regex: missing closing ) of the group at character 6`,
		`{"pattern":"\\Aab"}`: `'\Aab' is not a valid regex: ` +
			`an escape that ECMA-262 does not have (the beginning of a text is ^) at character 1`,
		`{"pattern":"ab\\Z"}`: `'ab\Z' is not a valid regex: ` +
			`an escape that ECMA-262 does not have (the end of a text is $) at character 3`,
		`{"pattern":"(?P<n>a)"}`: `'(?P<n>a)' is not a valid regex: ` +
			`a group that ECMA-262 does not have (a named group is (?<name>...)) at character 1`,
		`{"properties":{"a":false}}`: "",
	} {
		err := v.Check(context.Background(), []byte(schema))
		if (want == "") != (err == nil) || err != nil && err.Error() != "Invalid JSON Schema: "+want {
			t.Errorf("%s:\n%v\nwant %s", schema, err, want)
		}
	}
}
