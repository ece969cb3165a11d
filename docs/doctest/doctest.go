// Package doctest runs the shell blocks of a page of documentation, and compares their
// output with the output on the page. It is for tests.
//
// It runs the blocks of kind sh. A block of kind text or json after such a block shows the
// last lines of its output. In it, `...` stands for any text within a line, and a line with
// only `...` stands for any lines.
package doctest

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var fenced = regexp.MustCompile("(?ms)^```(sh|text|json)\n(.*?)^```$")

// mark separates the outputs of two blocks.
const mark = "-- next block --"

// Check runs all blocks of the page at the path as one script. The function shell runs the
// script and returns its output.
func Check(t *testing.T, path string, shell func(script string) string) {
	t.Helper()
	page, err := os.ReadFile(path) //nolint:gosec // the tests name their own pages
	if err != nil {
		t.Fatal(err)
	}
	script := strings.Builder{}
	script.WriteString("set -eu\n")
	var shown []string
	for _, block := range fenced.FindAllStringSubmatch(string(page), -1) {
		if block[1] == "sh" {
			script.WriteString(block[2] + "\necho '" + mark + "'\n")
			shown = append(shown, "")
			continue
		}
		if len(shown) == 0 {
			t.Fatalf("%s shows an output before anything is run", path)
		}
		shown[len(shown)-1] = block[2]
	}
	if len(shown) == 0 {
		t.Fatalf("%s has nothing to run", path)
	}
	printed := strings.Split(shell(script.String()), mark+"\n")
	if len(printed) != len(shown)+1 {
		t.Fatalf("%s: %d blocks were run, of %d; the last printed\n%s", path, len(printed)-1, len(shown), printed[len(printed)-1])
	}
	for i, want := range shown {
		if want != "" && !matches(want, printed[i]) {
			t.Errorf("%s: block %d printed\n%s\nthe page shows\n%s", path, i+1, printed[i], want)
		}
	}
}

// matches compares the end of the printed output with the output on the page.
func matches(shown, printed string) bool {
	if printed != "" && !strings.HasSuffix(printed, "\n") {
		printed += "\n"
	}
	var pattern strings.Builder
	open := false
	for line := range strings.Lines(shown) {
		if strings.TrimSpace(line) == "..." {
			pattern.WriteString("(?:.*\n)*")
			open = true
			continue
		}
		pattern.WriteString(strings.ReplaceAll(regexp.QuoteMeta(line), `\.\.\.`, `.*`))
	}
	if !open {
		lines := slices.Collect(strings.Lines(printed))
		printed = strings.Join(lines[max(0, len(lines)-strings.Count(shown, "\n")):], "")
	}
	return regexp.MustCompile("^" + pattern.String() + "$").MatchString(printed)
}
