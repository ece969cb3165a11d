package wiring

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/config"
)

// help is what a command prints for --help.
func help(t *testing.T, args ...string) string {
	t.Helper()
	root := &cobra.Command{Use: "program", Run: func(*cobra.Command, []string) {}}
	child := &cobra.Command{Use: "child", Run: func(*cobra.Command, []string) {}}
	child.Flags().String("own", "", "a flag of its own")
	root.AddCommand(child)
	SettingFlags(root)
	var out strings.Builder
	root.SetOut(&out)
	root.SetArgs(append(args, "--help"))
	if err := root.Execute(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestHelpListsEachSettingWithVariableDefaultAndValues(t *testing.T) {
	text := help(t)
	for _, part := range []string{
		"\n\nDatabase:\n  --db-driver text  [DB_DRIVER]\n",
		"\n  --db-port integer  [DB_PORT, default 5432]\n      port of PostgreSQL; values: 1 to 65535\n",
		"\n  --demo  [DEMO, default false]\n",
		"1024 to 1073741824 bytes (1 KiB to 1 GiB)",
	} {
		if !strings.Contains(text, part) {
			t.Errorf("the help has no %q:\n%s", part, text)
		}
	}
	for _, s := range config.Settings() {
		if !strings.Contains(text, "\n  --"+s.Flag()+" ") || !strings.Contains(text, "["+s.Name) {
			t.Errorf("the help has no --%s [%s]", s.Flag(), s.Name)
		}
	}
	for line := range strings.Lines(text) {
		if len(line) > width+1 && strings.HasPrefix(line, "      ") {
			t.Errorf("a line of %d bytes: %s", len(line), line)
		}
	}
}

func TestHelpOfASubcommandHasNoListOfSettings(t *testing.T) {
	text := help(t, "child")
	if !strings.Contains(text, "--own string") || strings.Contains(text, "--db-port") ||
		!strings.Contains(text, `"program --help" lists them`) {
		t.Errorf("the help of the subcommand is\n%s", text)
	}
}
