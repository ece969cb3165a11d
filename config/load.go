package config

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/viper"
)

// fileSuffix makes the name of a secret the name of the variable that holds the
// path of its file.
const fileSuffix = "_FILE"

// Source is where settings come from.
type Source struct {
	// Environ is as os.Environ returns it.
	Environ []string
	// Flags are the flags that were given, by the names of their settings.
	Flags map[string]string
	// Dir is the working folder: .env lies in it, and relative paths start
	// there. Empty is the process's own.
	Dir string
	// DatabaseOnly is for programs that serve nothing: only the settings for which
	// ForDatabase is true are read, checked and required.
	DatabaseOnly bool
}

// Load reads and checks all settings. The error is Problems.
func Load(source Source) (*Config, error) {
	l := &loader{dir: source.Dir, values: viper.New(), config: &Config{}, refused: map[string]bool{}}
	l.addLayer(l.readDotenv())
	l.addLayer(variables(source.Environ))
	l.addLayer(source.Flags)
	l.reportUnknown(source.Flags)

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
		l.checkRules()
	}
	if len(l.problems) > 0 {
		return nil, l.problems
	}
	return l.config, nil
}

type loader struct {
	dir      string
	values   *viper.Viper
	config   *Config
	problems Problems
	// refused are settings that have been reported: what follows from them is not.
	refused map[string]bool
}

func (l *loader) report(name, format string, args ...any) {
	l.refused[name] = true
	l.problems = append(l.problems, Problem{name, fmt.Sprintf(format, args...)})
}

func (l *loader) warn(name, format string, args ...any) {
	l.config.Warnings = append(l.config.Warnings, name+": "+fmt.Sprintf(format, args...))
}

// variables splits NAME=VALUE.
func variables(environ []string) map[string]string {
	values := map[string]string{}
	for _, variable := range environ {
		name, value, _ := strings.Cut(variable, "=")
		values[name] = value
	}
	return values
}

// addLayer lets the values win over those of earlier layers.
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
		// A secret that a layer sets hides its file of the layers below.
		file := setting.Name + fileSuffix
		if setting.Secret && values[setting.Name] != nil && values[file] == nil {
			values[file] = ""
		}
	}
	// The map is flat and of texts: there is nothing that could fail to merge.
	_ = l.values.MergeConfigMap(values)
}

func (l *loader) reportUnknown(flags map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(flags)) {
		if !slices.ContainsFunc(settings, func(s Setting) bool { return s.Name == name }) {
			l.report(name, "there is no such setting")
		}
	}
}

// given tells whether somebody set the setting, be it to its default.
func (l *loader) given(name string) bool {
	return l.values.InConfig(name) && l.values.GetString(name) != ""
}

// decideEnvironment comes first: other defaults depend on it.
func (l *loader) decideEnvironment() {
	l.config.Environment = Production
	var said []Environment
	for _, name := range []string{"APP_ENV", "FLASK_ENV"} {
		if !l.given(name) {
			continue
		}
		environment, err := oneOf(Production, Development)(l.values.GetString(name))
		if err != nil {
			l.report(name, "%s", err)
			continue
		}
		said = append(said, environment)
		l.config.Environment = environment
	}
	if len(said) == 2 && said[0] != said[1] {
		l.report("APP_ENV", "is %s, but FLASK_ENV is %s; set one of them", said[0], said[1])
	}
}

// setDefaults tells viper the defaults, those that depend on other settings last.
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
	if !l.given("DB_HOST") {
		l.values.SetDefault("DB_DRIVER", string(SQLite))
		l.values.SetDefault("LISTEN_ADDRESS", "127.0.0.1:5000")
	}
}

func (l *loader) read(setting Setting) {
	if setting.read == nil {
		return
	}
	value := l.values.GetString(setting.Name)
	if setting.Secret && l.given(setting.Name+fileSuffix) {
		value = l.readSecretFile(setting.Name)
	}
	if value == "" {
		return
	}
	if err := setting.read(l.config, value); err != nil {
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

// readSecretFile returns the file's text without its last newline.
func (l *loader) readSecretFile(name string) string {
	const largest = 64 * kibi
	path := l.path(l.values.GetString(name + fileSuffix))
	file, err := os.Open(path) //nolint:gosec // reading the file that the operator names is the purpose
	if err == nil {
		defer func() { _ = file.Close() }()
		var text []byte
		if text, err = io.ReadAll(io.LimitReader(file, largest+1)); err == nil && len(text) <= largest {
			secret := strings.TrimSuffix(string(text), "\n")
			return strings.TrimSuffix(secret, "\r")
		}
	}
	l.refused[name] = true
	if err == nil {
		l.report(name+fileSuffix, "%s is larger than %d bytes, which no secret is", path, largest)
		return ""
	}
	l.report(name+fileSuffix, "cannot read %s: %s; name a file that holds nothing but the secret", path, reason(err))
	return ""
}

// reason is the error without the operation and the path.
func reason(err error) string {
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		return pathError.Err.Error()
	}
	return err.Error()
}

// readDotenv returns nothing if there is no such file.
func (l *loader) readDotenv() map[string]string {
	const name = ".env"
	path := l.path(name)
	text, err := os.ReadFile(path) //nolint:gosec // a fixed name in the working folder
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
