//go:build suite

package document_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/core/document"
)

// folder is a copy of https://github.com/nst/JSONTestSuite: scripts/json-suites runs
// this test.
var folder = flag.String("json-suite", "", "folder of the JSONTestSuite")

// explained are texts that are JSON, and refused on purpose.
var explained = map[string]string{
	"y_string_null_escape.json":         "a NUL cannot be stored",
	"y_object_escaped_null_in_key.json": "a NUL cannot be stored",
}

func TestSuite(t *testing.T) {
	files, err := filepath.Glob(filepath.Join(*folder, "test_parsing", "*.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no files in test_parsing of %q: %v", *folder, err)
	}
	accepted, refused, free := 0, 0, []string{}
	for _, file := range files {
		text, err := os.ReadFile(file) //nolint:gosec // the folder that the developer names
		if err != nil {
			t.Fatal(err)
		}
		_, err = document.Parse(t.Context(), text, document.Limits{Bytes: 1 << 20, Depth: 512, Exponent: 308})
		name := filepath.Base(file)
		switch {
		case explained[name] != "" && err != nil:
			t.Logf("%s: refused, %s", name, explained[name])
		case strings.HasPrefix(name, "y_") && err == nil:
			accepted++
		case strings.HasPrefix(name, "n_") && err != nil:
			refused++
		case strings.HasPrefix(name, "i_"):
			free = append(free, strings.TrimSuffix(strings.TrimPrefix(name, "i_"), ".json")+map[bool]string{true: " accepted",
				false: " refused"}[err == nil])
		default:
			t.Errorf("%s: %.200q: %v", name, text, err)
		}
	}
	t.Logf("%d texts accepted, %d refused; left to the parser: %s", accepted, refused, strings.Join(free, ", "))
}
