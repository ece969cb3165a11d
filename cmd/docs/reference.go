package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/eosc-perf/backend/config"
)

const writtenBy = "Written by the program itself: `make reference`.\n"

// references are the pages that are made of the program.
var references = map[string]func(context.Context) (string, error){
	"settings.md": settingsPage,
	"api.md":      apiPage,
	"schema.md":   schemaPage,
}

func writeReference(ctx context.Context, folder string) error {
	for name, page := range references {
		text, err := page(ctx)
		if err != nil {
			return fmt.Errorf("make %s: %w", name, err)
		}
		if err := write(filepath.Join(folder, name), []byte(text)); err != nil {
			return err
		}
	}
	return nil
}

func settingsPage(context.Context) (string, error) {
	var b strings.Builder
	b.WriteString("# Settings\n\n" + writtenBy + `
Every setting is an environment variable, a line of a .env file in the working folder,
or a flag. A flag wins over the environment, the environment over .env. An empty value
counts as unset. [Run the server](../operating.md) explains those that need it.

| variable | flag | kind | default | meaning |
| --- | --- | --- | --- | --- |
`)
	for _, s := range config.Settings() {
		value := ""
		if s.Default != "" {
			value = "`" + s.Default + "`"
		}
		fmt.Fprintf(&b, "| `%s` | `--%s` | %s | %s | %s |\n", s.Name, s.Flag(), s.Kind, value, cell(s.Help))
	}
	return b.String(), nil
}

// cell is text that keeps to its place in a table.
func cell(text string) string {
	return strings.NewReplacer("|", `\|`, "\n", " ", "<", `\<`, "*", `\*`).Replace(text)
}
