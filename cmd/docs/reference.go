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
words. The [programs migrate and admin](admin.md) read the settings of the database only.

A *boolean* is true (1, yes, on) or false (0, no, off). A *duration* is a number with a unit,
such as ` + "`500ms`, `30s`, `1m30s` or `2h`" + `. A *list* has commas between its items. A *file* is a path,
which starts in the working folder if it is relative.
`)
	for _, section := range config.Sections() {
		fmt.Fprintf(&b, "\n## %s\n\n| variable and flag | values | default | meaning |\n| --- | --- | --- | --- |\n", section.Title)
		for _, s := range section.Settings {
			values := string(s.Kind)
			if s.Values() != "" && s.Kind != config.Boolean {
				values += ": " + s.Values()
			}
			fmt.Fprintf(&b, "| `%s` `--%s` | %s | %s | %s |\n", s.Name, s.Flag(), cell(values), defaultOf(s), cell(s.Help))
		}
	}
	b.WriteString(otherVariablesSection())
	return b.String()
}

// otherVariables are the variables that the programs read and that are no settings: their
// names, the programs, and the meaning.
var otherVariables = [][3]string{
	{"`TMPDIR`", "server, migrate, admin", "folder of temporary files; default: /tmp"},
	{
		"`GOMEMLIMIT`", "server",
		"memory in bytes, or with a unit such as 400MiB, from which on the garbage collector works harder; default: three quarters of " +
			"the memory limit of the cgroup",
	},
	{
		"`HTTPS_PROXY`, `HTTP_PROXY`, `NO_PROXY`", "server, admin",
		"proxy for requests to identity providers and image registries, and the hosts that need no proxy",
	},
	{
		"`SSL_CERT_FILE`, `SSL_CERT_DIR`", "server, admin",
		"certificates of the authorities that the program trusts; default: those of the system",
	},
	{"`VISUAL`, `EDITOR`", "migrate", "editor of the command edit"},
}

// otherVariablesSection explains the other variables.
func otherVariablesSection() string {
	var b strings.Builder
	b.WriteString(`
## Other variables

These variables are no settings: they have no flag, and a line in .env has no effect. The programs
ignore the variables of PostgreSQL's own programs, which begin with PG.

| variable | program | meaning |
| --- | --- | --- |
`)
	for _, v := range otherVariables {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", v[0], v[1], v[2])
	}
	return b.String()
}

// defaultOf is the default of the setting as Markdown.
func defaultOf(s config.Setting) string {
	switch {
	case s.Default == "":
		return ""
	case s.Kind == config.List:
		return "`" + strings.ReplaceAll(s.Default, ",", "`, `") + "`" // a long value can be broken into lines then
	}
	return "`" + s.Default + "`"
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
