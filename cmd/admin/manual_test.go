package main

import (
	"testing"

	"github.com/eosc-perf/backend/cmd/wiring/manualtest"
)

// TestManualIsCurrent: the page of this program's commands is what it says.
func TestManualIsCurrent(t *testing.T) {
	manualtest.Check(t, command(), "../../docs/reference/admin.md")
}
