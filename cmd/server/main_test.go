package main

import (
	"strings"
	"testing"

	"github.com/eosc-perf/backend/cmd/wiring/manualtest"
)

func TestVersionIsPrinted(t *testing.T) {
	var out strings.Builder
	root := command()
	root.SetOut(&out)
	root.SetArgs([]string{"--version"})
	if err := root.Execute(); err != nil || out.String() != "server version dev\n" {
		t.Errorf("--version printed %q (%v), want %q", out.String(), err, "server version dev\n")
	}
}

func TestManualPageIsCurrent(t *testing.T) {
	manualtest.Check(t, command(), "../../docs/reference/server.md")
}
