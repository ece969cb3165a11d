package trackedfiles

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"
)

// TestRepositoryHoldsSourceOnly is the check of this repository: `make lint-files`.
func TestRepositoryHoldsSourceOnly(t *testing.T) {
	refused, err := Refused(t.Context(), "../..")
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range refused {
		t.Errorf("%s; remove it with `git rm --cached`, and name it in .gitignore", line)
	}
}

func TestBinariesAndLargeFilesAreRefused(t *testing.T) {
	folder := t.TempDir()
	git(t, folder, "init", "--quiet")
	for name, content := range map[string][]byte{
		"program.go":     []byte("package main\n"),
		"empty":          nil,
		"short":          []byte("M"),
		"script":         []byte("#!/bin/sh\n"),
		"largest":        bytes.Repeat([]byte("a"), MaxBytes),
		"linux":          []byte("\x7fELF\x02\x01\x01"),
		"windows.exe":    []byte("MZ\x90\x00\x03"),
		"mac":            []byte("\xcf\xfa\xed\xfe\x07"),
		"mac-universal":  []byte("\xca\xfe\xba\xbe\x00"),
		"dir/too large":  bytes.Repeat([]byte("a"), MaxBytes+1),
		"dir/deleted":    []byte("\x7fELF\x02\x01\x01"),
		"dir/not listed": []byte("\x7fELF\x02\x01\x01"),
	} {
		write(t, filepath.Join(folder, name), content)
	}
	if err := os.Symlink("linux", filepath.Join(folder, "link")); err != nil {
		t.Fatal(err)
	}
	git(t, folder, "add", "--all")
	git(t, folder, "rm", "--quiet", "--cached", "dir/not listed")
	if err := os.Remove(filepath.Join(folder, "dir/deleted")); err != nil {
		t.Fatal(err)
	}

	got, err := Refused(t.Context(), folder)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(got)
	want := []string{
		"dir/too large has 1000001 bytes, more than 1000000",
		"linux is an executable binary (ELF)",
		"mac is an executable binary (Mach-O)",
		"mac-universal is an executable binary (Mach-O)",
		"windows.exe is an executable binary (PE)",
	}
	if !slices.Equal(got, want) {
		t.Errorf("refused are\n%q, want\n%q", got, want)
	}
}

func TestFolderWithoutGitIsAnError(t *testing.T) {
	if refused, err := Refused(t.Context(), t.TempDir()); err == nil {
		t.Errorf("no error, and refused are %q", refused)
	}
}

func git(t *testing.T, folder string, arguments ...string) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "git", arguments...)
	command.Dir = folder
	if output, err := command.CombinedOutput(); err != nil {
		t.Fatalf("git %q: %v\n%s", arguments, err, output)
	}
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}
