package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/eosc-perf/backend/config"
)

const writtenBy = "The program wrote this page: `make reference`.\n"

// references are the pages that are generated from the program and from temporary
// databases. The URL names the PostgreSQL for them.
var references = map[string]func(ctx context.Context, postgresURL string) (string, error){
	"settings.md": func(context.Context, string) (string, error) { return settingsPage(), nil },
	"api.md":      func(ctx context.Context, _ string) (string, error) { return apiPage(ctx) },
	"schema.md":   schemaPage,
}

func writeReference(ctx context.Context, folder, postgresURL string) error {
	for name, page := range references {
		text, err := page(ctx, postgresURL)
		if err != nil {
			return fmt.Errorf("make %s: %w", name, err)
		}
		if err := write(filepath.Join(folder, name), []byte(text)); err != nil {
			return err
		}
	}
	return nil
}

func settingsPage() string {
	var b strings.Builder
	b.WriteString("# Settings\n\n" + writtenBy + `
A setting is an environment variable, a line of a .env file in the working folder, or a
flag. A flag wins over the environment, and the environment wins over .env. An empty value
counts as unset. [Run the server](../how-to/operate.md) explains the settings that need more
words.

| variable and flag | kind | default | meaning |
| --- | --- | --- | --- |
`)
	for _, s := range config.Settings() {
		value := ""
		if s.Default != "" {
			value = "`" + s.Default + "`"
		}
		if s.Kind == config.List {
			value = strings.ReplaceAll(value, ",", "`, `") // a long value can be broken into lines then
		}
		fmt.Fprintf(&b, "| `%s` `--%s` | %s | %s | %s |\n", s.Name, s.Flag(), s.Kind, value, cell(s.Help))
	}
	return b.String()
}

var inTable = strings.NewReplacer("|", `\|`, "\n", " ")

// cell is Markdown for one cell of a table.
func cell(text string) string { return inTable.Replace(noHTML(text)) }

// noHTML is Markdown without HTML. Text in backquotes stays as it is.
func noHTML(text string) string {
	parts := strings.Split(text, "`")
	for i := range parts {
		if i%2 == 0 {
			parts[i] = strings.ReplaceAll(parts[i], "<", `\<`)
		}
	}
	return strings.Join(parts, "`")
}
