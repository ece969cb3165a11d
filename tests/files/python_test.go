package files_test

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/adapters/http/export"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/tests/process"
)

// readCSV prints the rows of a CSV file as JSON. Python is strict about what RFC 4180 allows.
const readCSV = `import csv, json, sys
with open(sys.argv[1], encoding="utf-8", newline="") as file:
    json.dump(list(csv.reader(file, strict=True)), sys.stdout)`

// readNDJSON checks the last line of an NDJSON file, and prints the values at the key.
const readNDJSON = `import decimal, hashlib, json, sys
lines = open(sys.argv[1], "rb").readlines()
end = json.loads(lines.pop())["end"]
assert end == {"rows": len(lines), "sha256": hashlib.sha256(b"".join(lines)).hexdigest()}, end
json.dump([str(json.loads(line, parse_float=decimal.Decimal)["text"]) for line in lines], sys.stdout)`

// inPython runs the script on a file with the content, and returns what it prints.
func inPython(t *testing.T, script string, content []byte) []byte {
	t.Helper()
	python := strings.TrimSpace(process.Shell(t, "scripts/python 2>/dev/null"))
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		t.Fatal(err)
	}
	command := exec.CommandContext(t.Context(), python, "-c", script, file) //nolint:gosec // our own scripts
	var errors bytes.Buffer
	command.Stderr = &errors
	printed, err := command.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, errors.String())
	}
	return printed
}

// oddTexts are texts that a careless writer or reader of files gets wrong.
var oddTexts = []string{
	"", " ", ",", `"`, `""`, `a"b,c`, "line\nline", "line\r\nline", "\r", "\n", "=1+1", "+1", "-1", "@x", "\tx", "'", "ü😀\u2028", "null",
	"1e5",
	strings.Repeat(`",`, 1000), `\`, "a\\\"b", "\u00a0",
}

func oddResults(t *testing.T) []*domain.Result {
	t.Helper()
	documents := make([]string, len(oddTexts))
	for i, text := range oddTexts {
		document, err := json.Marshal(map[string]any{"text": text, "n": json.Number("-12345678901234567890.50")})
		if err != nil {
			t.Fatal(err)
		}
		documents[i] = string(document)
	}
	return resultsOf(documents)
}

func TestPythonReadsCSV(t *testing.T) {
	file := writeFile(t, export.File{Format: export.CSV, Columns: []service.Column{path(t, "text", ""), path(t, "n", "s")}}, oddResults(t))
	var rows [][]string
	if err := json.Unmarshal(inPython(t, readCSV, file), &rows); err != nil {
		t.Fatal(err)
	}
	if len(rows) != 1+len(oddTexts) || !slices.Equal(rows[0], []string{"text", "n [s]"}) {
		t.Fatalf("Python reads %d rows, the first is %q", len(rows), rows[0])
	}
	for i, text := range oddTexts {
		if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
			text = "'" + text
		}
		if want := []string{text, "-12345678901234567890.50"}; !slices.Equal(rows[i+1], want) {
			t.Errorf("Python reads %q, want %q", rows[i+1], want)
		}
	}
}

func TestPythonReadsNDJSON(t *testing.T) {
	file := writeFile(t, export.File{Format: export.NDJSON, Columns: []service.Column{path(t, "text", "")}, WithEnd: true}, oddResults(t))
	var texts []string
	if err := json.Unmarshal(inPython(t, readNDJSON, file), &texts); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(texts, oddTexts) {
		t.Errorf("Python reads %q, want %q", texts, oddTexts)
	}
}
