package config_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/config"
)

// exampleEnv is what deployments begin with.
const exampleEnv = "../deployments/.env.example"

// exampleLine is a setting in it: given, or, after a #, with its default.
var exampleLine = regexp.MustCompile(`^(#?)([A-Z][A-Z0-9_]*)=(.*)$`)

// TestExampleExplainsEverySetting: in the order of Settings, each under its own help and
// values, and those that are not given with their defaults.
func TestExampleExplainsEverySetting(t *testing.T) {
	text, compose, divided := strings.Cut(readExample(t), "\n# -- Compose only")
	if !divided {
		t.Errorf("%s lacks its last part, for Compose", exampleEnv)
	}
	expectCompose(t, compose)
	settings := config.Settings()
	var above []string
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		found := exampleLine.FindStringSubmatch(line)
		switch {
		case found == nil && strings.HasPrefix(line, "# "):
			above = append(above, line[2:])
			continue
		case found != nil && len(settings) == 0:
			t.Errorf("%s is no setting", line)
		case found != nil:
			expectLine(t, settings[0], found, strings.Join(above, " "))
			settings = settings[1:]
		case line != "":
			t.Errorf("%q is neither a setting nor a comment", line)
		}
		above = nil
	}
	for _, s := range settings {
		t.Errorf("%s lacks:\n%s", exampleEnv, exampleOf(s))
	}
}

// expectCompose checks that what only the Compose file reads is explained.
func expectCompose(t *testing.T, text string) {
	t.Helper()
	file, err := os.ReadFile("../deployments/compose.yaml")
	if err != nil {
		t.Fatal(err)
	}
	read := regexp.MustCompile(`\$\{([A-Z_]+)`).FindAllStringSubmatch(string(file), -1)
	if len(read) == 0 {
		t.Error("the Compose file reads no variable")
	}
	for _, found := range read {
		if !regexp.MustCompile(`(?m)^# .*\n#` + found[1] + "=").MatchString(text) {
			t.Errorf("%s does not explain %s, which the Compose file reads", exampleEnv, found[1])
		}
	}
}

func expectLine(t *testing.T, s config.Setting, found []string, above string) {
	t.Helper()
	commented, name, value := found[1] != "", found[2], found[3]
	if name != s.Name {
		t.Fatalf("%s is where this should be:\n%s", name, exampleOf(s))
	}
	if !strings.HasPrefix(above, explanation(s)) {
		t.Errorf("above %s is %q, want %q", name, above, explanation(s))
	}
	if commented && value != s.Default {
		t.Errorf("#%s=%s, but the default is %q", name, value, s.Default)
	}
}

// explanation is the help without what is only about flags, and the values.
func explanation(s config.Setting) string {
	help, _, _ := strings.Cut(s.Help, " (other users")
	if s.Values() != "" && s.Kind != config.Boolean {
		help += "; values: " + s.Values()
	}
	return help
}

func exampleOf(s config.Setting) string {
	return "# " + explanation(s) + "\n#" + s.Name + "=" + s.Default + "\n"
}

// TestExampleReadsTheSameEverywhere: docker and Compose read .env in ways of their
// own, so that no value has what they see differently.
func TestExampleReadsTheSameEverywhere(t *testing.T) {
	for line := range strings.Lines(readExample(t)) {
		if found := exampleLine.FindStringSubmatch(strings.TrimSuffix(line, "\n")); found != nil && found[1] == "" {
			if value := found[3]; strings.ContainsAny(value, "\"'`$\\") || strings.Contains(value, " #") || strings.TrimSpace(value) != value {
				t.Errorf("%s has a value that is not read the same everywhere", strings.TrimSpace(line))
			}
		}
	}
}

// TestExampleIsAccepted: with the two secrets filled in, it is a production server.
func TestExampleIsAccepted(t *testing.T) {
	secrets := strings.NewReplacer("\nSECRET_KEY=\n", "\nSECRET_KEY=0123456789abcdef\n", "\nDB_PASSWORD=\n", "\nDB_PASSWORD=secret\n")
	text := secrets.Replace(readExample(t))
	dir := t.TempDir()
	if err := os.WriteFile(dir+"/.env", []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := config.Load(config.Source{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if c.Environment != config.Production || c.Database.Driver != config.Postgres || !c.SecretKey.IsSet() || !c.Database.Password.IsSet() ||
		len(c.Warnings) > 0 {
		t.Errorf("%+v", c)
	}
}

func readExample(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(exampleEnv)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
