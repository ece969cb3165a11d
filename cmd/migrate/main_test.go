package main

import (
	"strings"
	"testing"
)

func TestVersion(t *testing.T) {
	var out strings.Builder
	root := command()
	root.SetOut(&out)
	root.SetArgs([]string{"--version"})
	if err := root.Execute(); err != nil || out.String() != "migrate version dev\n" {
		t.Errorf("--version printed %q (%v), want %q", out.String(), err, "migrate version dev\n")
	}
}

func TestUnknownArgumentsAreRefused(t *testing.T) {
	var out strings.Builder
	root := command()
	root.SetOut(&out)
	root.SetErr(&out)
	root.SetArgs([]string{"everything"})
	if err := root.Execute(); err == nil {
		t.Errorf("the argument %q was accepted, printed %q", "everything", out.String())
	}
}
