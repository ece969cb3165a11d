package process

import (
	"os"
	"os/exec"
	"testing"
)

// Shell runs the script by bash in the repository's folder, with the environment of the
// test and these variables (NAME=value), and returns what it prints. The test fails if
// the script does.
func Shell(t testing.TB, script string, environ ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "bash", "-c", script) //nolint:gosec // the tests' own scripts
	command.Dir, command.WaitDelay = Repository(t), Patience
	command.Env = append(os.Environ(), environ...)
	output, err := command.CombinedOutput()
	if err != nil {
		t.Fatalf("%s\n%v\n%s", script, err, output)
	}
	return string(output)
}
