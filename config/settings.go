package config

import (
	"slices"
	"strings"
)

// Kind is the form of a setting's text.
type Kind string

// The kinds of settings.
const (
	Text     Kind = "text"
	Integer  Kind = "integer"
	Boolean  Kind = "boolean"
	Duration Kind = "duration"
	List     Kind = "list"
	File     Kind = "file"
)

// Setting describes one setting for flags, help and documentation.
type Setting struct {
	// Name is the environment variable.
	Name string
	Kind Kind
	// Default is the default in production as text. It is empty if there is none.
	Default string
	// Help is one line, without a full stop.
	Help string
	// Secret marks a value that is never shown. Each secret has a setting Name+"_FILE".
	Secret bool
	// read stores the value. It stores nothing for settings that Load reads itself.
	read reader
}

// Section is a group of settings for help and documentation.
type Section struct {
	Title    string
	Settings []Setting
}

// Values says which values the setting accepts, with their unit, such as "1 to 65535". It
// is empty if the kind and the help say everything.
func (s Setting) Values() string { return s.read.values }

// Flag returns the name of the setting's command line flag, without dashes.
func (s Setting) Flag() string {
	if s.Name == "LISTEN_ADDRESS" {
		return "listen"
	}
	return strings.ToLower(strings.ReplaceAll(s.Name, "_", "-"))
}

// ForDatabase tells whether the programs that serve nothing read the setting: it names
// the database or the environment.
func (s Setting) ForDatabase() bool {
	switch s.Name {
	case "APP_ENV", "FLASK_ENV", "DATA_DIR":
		return true
	}
	return strings.HasPrefix(s.Name, "DB_")
}

// Settings returns all settings, in the order of the documentation.
func Settings() []Setting { return slices.Clone(settings) }

// Sections returns all settings by their sections, in the same order.
func Sections() []Section { return slices.Clone(sections) }

// reader reads the value of a setting.
type reader struct {
	// values is what Setting.Values returns.
	values string
	// store parses a text and stores the value. It is nil for settings that Load reads itself.
	store func(*Config, string) error
}

// into returns a reader that parses a text and stores the value in the field.
func into[T any](parse func(string) (T, error), field func(*Config) *T) reader {
	return within(parser[T]{parse: parse}, field)
}

// within returns a reader that also documents the values that the parser accepts.
func within[T any](p parser[T], field func(*Config) *T) reader {
	return reader{p.values, func(c *Config, value string) error {
		parsed, err := p.parse(value)
		if err == nil {
			*field(c) = parsed
		}
		return err
	}}
}
