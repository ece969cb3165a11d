package config

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/viper"
)

// fileSuffix follows the name of a secret in the name of the setting that holds the
// path of the secret's file.
const fileSuffix = "_FILE"

// Source names the sources of the settings.
type Source struct {
	// Environ are the environment variables in the form of os.Environ.
	Environ []string
	// Flags are the flags on the command line, by the names of their settings.
	Flags map[string]string
	// Dir is the working folder. It holds .env, and relative paths start in it. Empty is
	// the working folder of the process.
	Dir string
	// DatabaseOnly is for programs that serve nothing: Load reads, checks and requires
	// only the settings for which ForDatabase is true.
	DatabaseOnly bool
}

// Load reads and checks all settings. Its error has the type Problems.
func Load(source Source) (*Config, error) {
	l := &loader{dir: source.Dir, values: viper.New(), config: &Config{}, refused: map[string]bool{}}
	dotenv := l.readDotenv()
	l.addLayer(dotenv)
	l.addLayer(variables(source.Environ))
	l.addLayer(source.Flags)
	l.reportUnknown(source.Flags)
	l.warnOfSlips(dotenv, variables(source.Environ))

	l.decideEnvironment()
	l.setDefaults()
	for _, setting := range settings {
		if setting.ForDatabase() || !source.DatabaseOnly {
			l.read(setting)
		}
	}
	l.checkDatabase()
	if !source.DatabaseOnly {
		l.config.Identity.IssuersGiven = l.given("TRUSTED_OP_LIST")
		l.readProviders()
		l.checkRules()
	}
	if len(l.problems) > 0 {
		return nil, l.problems
	}
	l.config.shown = l.shown()
	return l.config, nil
}

type loader struct {
	dir      string
	values   *viper.Viper
	config   *Config
	problems Problems
	// refused are the settings with a reported problem. Checks that depend on them report
	// nothing more.
	refused map[string]bool
}

func (l *loader) report(name, format string, args ...any) {
	l.refused[name] = true
	l.problems = append(l.problems, Problem{name, fmt.Sprintf(format, args...)})
}

func (l *loader) warn(name, format string, args ...any) {
	l.config.Warnings = append(l.config.Warnings, name+": "+fmt.Sprintf(format, args...))
}

// variables returns the values of NAME=VALUE texts by their names.
func variables(environ []string) map[string]string {
	values := map[string]string{}
	for _, variable := range environ {
		name, value, _ := strings.Cut(variable, "=")
		values[name] = value
	}
	return values
}

// addLayer adds the values of one source. They replace the values of the sources before it.
func (l *loader) addLayer(layer map[string]string) {
	values := map[string]any{}
	for _, setting := range settings {
		value := layer[setting.Name]
		if !setting.Secret {
			value = strings.TrimSpace(value)
		}
		if value != "" {
			values[setting.Name] = value
		}
	}
	for _, setting := range settings {
		// The secret of this source hides the file that an earlier source names for it.
		file := setting.Name + fileSuffix
		if setting.Secret && values[setting.Name] != nil && values[file] == nil {
			values[file] = ""
		}
	}
	// A flat map of texts cannot fail to merge.
	_ = l.values.MergeConfigMap(values)
}

func (l *loader) reportUnknown(flags map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(flags)) {
		if !slices.ContainsFunc(settings, func(s Setting) bool { return s.Name == name }) {
			l.report(name, "there is no such setting")
		}
	}
}

// given tells whether a source sets the setting, even to its default.
func (l *loader) given(name string) bool {
	return l.values.InConfig(name) && l.values.GetString(name) != ""
}

// environment reads APP_ENV and FLASK_ENV.
var environment = oneOf(Production, Development)

// decideEnvironment sets the environment. It runs first, since defaults depend on it.
func (l *loader) decideEnvironment() {
	l.config.Environment = Production
	var environments []Environment
	for _, name := range []string{"APP_ENV", "FLASK_ENV"} {
		if !l.given(name) {
			continue
		}
		mode, err := environment.parse(l.values.GetString(name))
		if err != nil {
			l.report(name, "%s", err)
			continue
		}
		environments = append(environments, mode)
		l.config.Environment = mode
	}
	if len(environments) == 2 && environments[0] != environments[1] {
		l.report("APP_ENV", "is %s, but FLASK_ENV is %s; set one of them", environments[0], environments[1])
	}
}

// setDefaults sets the defaults. Defaults that depend on other settings come last.
func (l *loader) setDefaults() {
	for _, setting := range settings {
		l.values.SetDefault(setting.Name, setting.Default)
	}
	if l.given("FLASK_APP") && l.values.GetString("FLASK_APP") == "autoapp.py" {
		l.values.SetDefault("AUTO_UPGRADE", "true")
	}
	if l.given("DB_HOST") {
		l.values.SetDefault("DB_DRIVER", string(Postgres))
	}
	if l.config.Environment != Development {
		return
	}
	l.values.SetDefault("AUTO_UPGRADE", "true")
	l.values.SetDefault("LOG_FORMAT", string(TextLog))
	l.values.SetDefault("IMAGE_CHECK", "off")
	l.values.SetDefault("SHUTDOWN_DELAY", "0s")
	for name, rate := range developmentRates {
		l.values.SetDefault(name, rate)
	}
	if !l.given("DB_HOST") {
		l.values.SetDefault("DB_DRIVER", string(SQLite))
		l.values.SetDefault("LISTEN_ADDRESS", "127.0.0.1:5000")
	}
}

func (l *loader) read(setting Setting) {
	if setting.read.store == nil {
		return
	}
	value := l.values.GetString(setting.Name)
	if setting.Secret && l.given(setting.Name+fileSuffix) {
		value = l.readSecretFile(setting.Name)
	}
	if value == "" {
		return
	}
	if err := setting.read.store(l.config, value); err != nil {
		for line := range strings.SplitSeq(err.Error(), "\n") {
			l.report(setting.Name, "%s", line)
		}
	}
}

func (l *loader) path(name string) string {
	if filepath.IsAbs(name) {
		return name
	}
	return filepath.Join(l.dir, name)
}

// readSecretFile returns the text of the secret's file without its last newline.
func (l *loader) readSecretFile(name string) string {
	path := l.path(l.values.GetString(name + fileSuffix))
	secret, problem := l.secretIn(path)
	switch {
	case problem != "":
	case strings.TrimFunc(secret, isUnseen) == "":
		problem = path + " is empty, or has nothing but blanks and lines; write the secret into it, or leave " + name + fileSuffix + " out"
	case strings.TrimFunc(secret, isUnseen) != secret:
		l.warn(name+fileSuffix, "%s has blanks, lines or characters that nobody sees at an end: they are a part of the secret", path)
	}
	if problem != "" {
		l.refused[name] = true
		l.report(name+fileSuffix, "%s", problem)
	}
	return secret
}

// secretIn returns the text of a file without its last newline, or what is wrong with it.
func (l *loader) secretIn(path string) (secret, problem string) {
	const largest = 64 * kibi
	text, err := ReadFile(path, largest)
	if _, tooLarge := errors.AsType[tooLargeError](err); tooLarge {
		return "", path + " " + reason(err) + ", which no secret is"
	}
	if err != nil {
		return "", fmt.Sprintf("cannot read %s: %s; name a file that holds nothing but the secret", path, reason(err))
	}
	if foreign := foreignText(text); foreign != "" {
		return "", fmt.Sprintf("%s %s; save it again as plain UTF-8 without a byte order mark", path, foreign)
	}
	return strings.TrimSuffix(strings.TrimSuffix(string(text), "\n"), "\r"), ""
}

// isUnseen tells whether people do not see a character at the end of a text.
func isUnseen(c rune) bool { return unicode.IsSpace(c) || unicode.In(c, unicode.Cc, unicode.Cf) }

// foreignText says what an editor has added to the text of a secret, or made of it; it is
// empty for a text that can be a secret.
func foreignText(text []byte) string {
	switch {
	case bytes.HasPrefix(text, []byte("\xef\xbb\xbf")):
		return "begins with a byte order mark, which would become a part of the secret"
	case bytes.HasPrefix(text, []byte("\xff\xfe")), bytes.HasPrefix(text, []byte("\xfe\xff")):
		return "is UTF-16 text with a byte order mark"
	case bytes.IndexByte(text, 0) >= 0:
		return "has bytes that are zero, as UTF-16 text has"
	}
	return ""
}

// reason returns the error text without the operation and the path.
func reason(err error) string {
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		return pathError.Err.Error()
	}
	return err.Error()
}

// readDotenv returns the values of the .env file, none if there is no such file.
func (l *loader) readDotenv() map[string]string {
	const name = ".env"
	path := l.path(name)
	text, err := ReadFile(path, mebi)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		l.report(name, "cannot read %s: %s; make it a readable file or remove it", path, reason(err))
		return nil
	}
	values, problems := parseDotenv(text)
	l.problems = append(l.problems, problems...)
	return values
}
