// Package manualtest proves that pages made of the program are current. It is for
// tests.
package manualtest

import (
	"bytes"
	"os"
	"testing"

	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/cmd/wiring"
)

// Check compares the manual of a program's commands with the page at the path.
func Check(t *testing.T, root *cobra.Command, path string) {
	t.Helper()
	var page bytes.Buffer
	if err := wiring.Manual(root, &page); err != nil {
		t.Fatal(err)
	}
	Same(t, path, page.String())
}

// Same compares the page at the path with what it should be.
func Same(t *testing.T, path, want string) {
	t.Helper()
	have, err := os.ReadFile(path) //nolint:gosec // the tests name their own pages
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != want {
		t.Errorf("%s is not what the program says: run `make reference`, and commit what it wrote. It should be\n%s", path, want)
	}
}
