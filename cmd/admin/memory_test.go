package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/archive"
	"github.com/eosc-perf/backend/cmd/wiring"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/maintenance"
)

// asProgram is the variable that makes the binary of the tests the program, which copies what
// Linux says of its memory to this file.
const asProgram = "EOSC_PERF_TEST_AS_ADMIN"

func TestMain(m *testing.M) {
	if report := os.Getenv(asProgram); report != "" {
		main()
		status, err := os.ReadFile("/proc/self/status")
		if err := errors.Join(err, os.WriteFile(report, status, 0o600)); err != nil { //nolint:gosec // the test's own
			panic(err)
		}
		return
	}
	os.Exit(m.Run())
}

var mostResident = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// peak runs the program in a process of its own, and returns the most memory that the process
// had, in MiB.
func peak(t *testing.T, program string, args ...string) int64 {
	t.Helper()
	report := filepath.Join(t.TempDir(), "status")
	cmd := exec.CommandContext(t.Context(), program, args...) //nolint:gosec // the test's own binary
	cmd.Env = append(os.Environ(), asProgram+"="+report)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("admin %v: %v\n%s", args, err, out)
	}
	status, err := os.ReadFile(report) //nolint:gosec // the test's own
	if err != nil {
		t.Fatal(err)
	}
	found := mostResident.FindSubmatch(status)
	if found == nil {
		t.Fatalf("the system does not say how much memory the process had:\n%s", status)
	}
	kilobytes, err := strconv.ParseInt(string(found[1]), 10, 64)
	if err != nil {
		t.Fatal(err)
	}
	return kilobytes >> 10
}

// large writes a backup with results as large as a reader takes, and with many of half a MiB.
func large(t *testing.T) string {
	t.Helper()
	whole := fromFlask(t)
	backups := maintenance.Backups{Archive: backupFiles, Clock: wiring.Clock{}}
	backup, err := backups.Verify(t.Context(), operator, whole, newBar(io.Discard, ""))
	if err != nil {
		t.Fatal(err)
	}
	text := func(size int) string { return strings.Repeat(`\\\"x`, size/5) } // quoted twice
	sizes := []int{15 << 20, 15 << 20, 15 << 20}
	for range 60 {
		sizes = append(sizes, 512<<10)
	}
	return rewrite(t, whole, backup.BackupHeader, func(table, row string, write func(string)) {
		write(row)
		if table != "result" || !strings.Contains(row, `"id":"a0000000-0000-4000-8000-000000000001"`) {
			return
		}
		before, rest, _ := strings.Cut(row, `"json":"`)
		_, after, _ := strings.Cut(rest, `}",`)
		before = strings.Replace(before, `"id":"a0000000-0000-4000-8000-000000000001"`, `"id":"%s"`, 1)
		for _, size := range sizes {
			write(fmt.Sprintf(before, uuid.NewString()) + `"json":"{\"score\":1,\"text\":\"` + text(size) + `\"}",` + after)
		}
	})
}

// rewrite writes a backup anew, of the rows that each makes of a row.
func rewrite(t *testing.T, path string, header domain.BackupHeader, each func(table, row string, write func(string))) string {
	t.Helper()
	written := filepath.Join(t.TempDir(), "rewritten")
	to, err := os.Create(written) //nolint:gosec // the test's own
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = to.Close() }()
	w, err := archive.Format{}.NewWriter(to, header)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range inOrder(rowsIn(t, path), header.Tables) {
		table, row, _ := strings.Cut(line, " ")
		each(table, row, func(row string) {
			if err := w.Row(table, []byte(row)); err != nil {
				t.Fatal(err)
			}
		})
	}
	if _, err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return written
}

// withoutRaceDetector returns a binary of these tests without the race detector, which doubles or
// triples the memory of a program, and takes several times as long.
func withoutRaceDetector(t *testing.T) string {
	t.Helper()
	info, ok := debug.ReadBuildInfo()
	if !ok || !slices.Contains(info.Settings, debug.BuildSetting{Key: "-race", Value: "true"}) {
		return os.Args[0]
	}
	path := filepath.Join(t.TempDir(), "admin.test")
	// With these flags all packages are compiled already, for the tests of whole programs.
	cmd := exec.CommandContext(t.Context(), "go", "test", "-c", "-trimpath", "-tags", "nomsgpack", "-o", path, ".")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", cmd.Args, err, out)
	}
	return path
}

// TestVerifyAndRestoreNeedLittleMemory, however large the backup is.
func TestVerifyAndRestoreNeedLittleMemory(t *testing.T) {
	const most = 200 // MiB
	program, file := withoutRaceDetector(t), large(t)
	if got := peak(t, program, "backup", "verify", file); got > most {
		t.Errorf("backup verify had %d MiB, want at most %d", got, most)
	} else {
		t.Logf("backup verify had %d MiB", got)
	}
	for kind, empty := range places {
		p := empty(t)
		if got := peak(t, program, append([]string{"restore", file}, p.flags...)...); got > most {
			t.Errorf("restore on %s had %d MiB, want at most %d", kind, got, most)
		} else {
			t.Logf("restore on %s had %d MiB", kind, got)
		}
	}
}
