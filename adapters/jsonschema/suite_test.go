//go:build suite

package jsonschema_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/adapters/jsonschema"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
)

// folder is a copy of https://github.com/json-schema-org/JSON-Schema-Test-Suite:
// scripts/json-suites runs this test.
var folder = flag.String("suite", "", "folder of the JSON-Schema-Test-Suite")

// suiteGroup is a schema with its tests.
type suiteGroup struct {
	Description string          `json:"description"`
	Schema      json.RawMessage `json:"schema"`
	Tests       []struct {
		Description string          `json:"description"`
		Data        json.RawMessage `json:"data"`
		Valid       bool            `json:"valid"`
	} `json:"tests"`
}

// explained are cases in which the answer differs from the suite's on purpose, by
// patterns of their names.
var explained = []struct{ name, reason string }{
	{`/format`, "format is an annotation"},
	{`is not an ECMA 262 control escape: when used as a pattern`, "format is an annotation"},
	{`/content`, "content* are annotations"},
	{`/vocabulary\.json`, "a $schema that is not known is that of 2020-12"},
	{`nul characters in strings`, "a NUL cannot be stored, and is refused in bodies"},
	{`draft4/optional/zeroTerminatedFloats\.json`, "1.0 is an integer in every draft, as with the library"},
}

func TestSuite(t *testing.T) {
	for _, version := range []struct {
		folder, schema string
	}{
		{"draft4", "http://json-schema.org/draft-04/schema#"},
		{"draft6", "http://json-schema.org/draft-06/schema#"},
		{"draft7", "http://json-schema.org/draft-07/schema#"},
		{"draft2019-09", "https://json-schema.org/draft/2019-09/schema"},
		{"draft2020-12", "https://json-schema.org/draft/2020-12/schema"},
	} {
		t.Run(version.folder, func(t *testing.T) {
			s := &suite{T: t, validator: jsonschema.New(), schema: version.schema}
			root := filepath.Join(*folder, "tests", version.folder)
			err := filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
				if err == nil && filepath.Ext(path) == ".json" {
					s.file(path, strings.TrimPrefix(path, filepath.Dir(root)+"/"))
				}
				return err
			})
			if err != nil {
				t.Fatal(err)
			}
			t.Logf("%d cases: %d as the suite says, %d differ on purpose, %d have remote references, which are refused; the library differs in %d",
				s.cases, s.right, s.explained, s.remote, s.library)
		})
	}
}

type suite struct {
	*testing.T
	validator *jsonschema.Validator
	schema    string

	cases, right, explained, remote, library int
}

func (s *suite) file(path, name string) {
	text, err := os.ReadFile(path) //nolint:gosec // the folder that the developer names
	if err != nil {
		s.Fatal(err)
	}
	var groups []suiteGroup
	if err := json.Unmarshal(text, &groups); err != nil {
		s.Fatalf("%s: %v", name, err)
	}
	for _, group := range groups {
		schema := s.declared(group.Schema)
		refused := s.validator.Check(s.Context(), schema)
		for _, test := range group.Tests {
			title := name + ": " + group.Description + ": " + test.Description
			s.one(title, schema, refused, test.Data, test.Valid)
		}
	}
}

// declared adds $schema to a schema that has none.
func (s *suite) declared(schema json.RawMessage) []byte {
	var members map[string]json.RawMessage
	if json.Unmarshal(schema, &members) != nil || members["$schema"] != nil {
		return schema
	}
	return append([]byte(`{"$schema":"`+s.schema+`",`), bytes.TrimLeft(bytes.TrimSpace(schema), "{")...)
}

func (s *suite) one(title string, schema []byte, refused error, data []byte, valid bool) {
	s.cases++
	library := byLibrary(schema, data)
	if library != nil && *library != valid {
		s.library++
	}
	if e, ok := errors.AsType[*domain.Error](refused); ok && strings.Contains(e.Message, "remote $") {
		s.remote++
		return
	}
	err := refused
	if err == nil {
		var value document.Value
		if value, err = document.Parse(s.Context(), data, limits); err == nil {
			err = s.validator.Validate(s.Context(), schema, value)
		}
	}
	if refused == nil && (err == nil) == valid {
		s.right++
		return
	}
	for _, e := range explained {
		if regexp.MustCompile(e.name).MatchString(title) {
			s.explained++
			return
		}
	}
	s.Errorf("%s\n%s\n%s\nvalid %v, got %v, the library %v", title, schema, data, valid, err, library)
}

// byLibrary is the answer of the library that was used before, nil if it refuses the
// schema.
func byLibrary(schema, data []byte) *bool {
	compiled, err := compileByLibrary(schema)
	if err != nil {
		return nil
	}
	valid := validateByLibrary(compiled, data) == nil
	return &valid
}
