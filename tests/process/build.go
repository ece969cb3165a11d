package process

import (
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"syscall"
	"testing"
)

// Repository returns the absolute path of the repository's folder. The tests of this
// module run two folders below it.
func Repository(t testing.TB) string {
	t.Helper()
	folder, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	return folder
}

// Program returns the path of one of our programs: server, migrate or admin. They are
// built as they are delivered, without the race detector, into build/test; Go's build
// cache makes that quick where nothing has changed.
func Program(t testing.TB, name string) string {
	t.Helper()
	return filepath.Join(Programs(t), name)
}

// Programs returns the folder of our programs; see Program.
func Programs(t testing.TB) string {
	t.Helper()
	folder := filepath.Join(Repository(t), "build", "test")
	building.Do(func() { buildFailure, buildError = build(Repository(t), folder) })
	if buildError != nil {
		t.Fatalf("build our programs: %v\n%s", buildError, buildFailure)
	}
	return folder
}

var (
	building     sync.Once
	buildFailure []byte
	buildError   error
)

// build builds the programs. A lock keeps packages that are tested at the same time from
// replacing each other's programs.
func build(repository, folder string) (output []byte, err error) {
	if err := os.MkdirAll(folder, 0o755); err != nil { //nolint:gosec // programs are for everybody
		return nil, err
	}
	lock, err := os.Create(filepath.Join(folder, "lock")) //nolint:gosec // below our own folder
	if err != nil {
		return nil, err
	}
	defer func() { _ = lock.Close() }() // which unlocks
	if err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX); err != nil {
		return nil, err
	}
	return goBuild(repository, folder, "./cmd/server", "./cmd/migrate", "./cmd/admin")
}

// Build builds a program as Program does, to another path and with further flags of go
// build before the package.
func Build(t testing.TB, path string, arguments ...string) {
	t.Helper()
	if output, err := goBuild(Repository(t), path, arguments...); err != nil {
		t.Fatalf("go build %q: %v\n%s", arguments, err, output)
	}
}

func goBuild(repository, path string, arguments ...string) (output []byte, err error) {
	arguments = append([]string{"build", "-trimpath", "-buildvcs=false", "-tags", "nomsgpack", "-o", path}, arguments...)
	command := exec.Command("go", arguments...) //nolint:gosec,noctx // our own programs; as long as it takes
	command.Dir = repository
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	return command.CombinedOutput()
}
