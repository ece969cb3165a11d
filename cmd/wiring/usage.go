package wiring

import (
	"strings"
	"sync"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/eosc-perf/backend/config"
)

// width is the number of characters of a line of help.
const width = 96

// addTemplateFunc is for the templates of all commands, which cobra shares.
var addTemplateFunc = sync.OnceFunc(func() { cobra.AddTemplateFunc("flagsByKind", flagsByKind) })

// readableHelp makes --help of the command and its subcommands list settings by their
// sections. Only the command itself lists them: a subcommand names the command.
func readableHelp(cmd *cobra.Command) {
	addTemplateFunc()
	template := strings.Replace(cmd.UsageTemplate(),
		"\n\nFlags:\n{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}", "{{flagsByKind .LocalFlags}}", 1)
	template = strings.Replace(template,
		"\n\nGlobal Flags:\n{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}",
		"\n\nThe settings are flags of this command, too: \"{{.Root.Name}} --help\" lists them.", 1)
	cmd.SetUsageTemplate(template)
}

// flagsByKind are the flags as text: first the flags of the command, then its settings by
// their sections.
func flagsByKind(flags *pflag.FlagSet) string {
	var b strings.Builder
	if own := withoutSettings(flags).FlagUsagesWrapped(width); own != "" {
		b.WriteString("\n\nFlags:\n" + strings.TrimRight(own, "\n"))
	}
	for _, section := range config.Sections() {
		text := settingsUsage(section, flags)
		if text != "" {
			b.WriteString("\n\n" + section.Title + ":\n" + strings.TrimRight(text, "\n"))
		}
	}
	return b.String()
}

// withoutSettings are the flags that are no settings.
func withoutSettings(flags *pflag.FlagSet) *pflag.FlagSet {
	settings := map[string]bool{}
	for _, s := range config.Settings() {
		settings[s.Flag()] = true
	}
	own := pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.VisitAll(func(f *pflag.Flag) {
		if !settings[f.Name] {
			own.AddFlag(f)
		}
	})
	return own
}

// settingsUsage are the settings of the section for which there are flags, each with its
// flag, variable and default in a line, and its meaning below.
func settingsUsage(section config.Section, flags *pflag.FlagSet) string {
	var b strings.Builder
	for _, s := range section.Settings {
		if flags.Lookup(s.Flag()) == nil {
			continue
		}
		b.WriteString("  --" + s.Flag())
		if s.Kind != config.Boolean {
			b.WriteString(" " + string(s.Kind))
		}
		b.WriteString("  [" + variable(s) + "]\n" + wrapped(meaning(s), "      "))
	}
	return b.String()
}

// variable is the environment variable of a setting, with its default.
func variable(s config.Setting) string {
	if s.Default == "" {
		return s.Name
	}
	return s.Name + ", default " + s.Default
}

// meaning is the description of a setting with its values.
func meaning(s config.Setting) string {
	if s.Values() == "" || s.Kind == config.Boolean {
		return s.Help
	}
	return s.Help + "; values: " + s.Values()
}

// wrapped are lines of at most width characters, each with the indent. A longer word has a
// line of its own.
func wrapped(text, indent string) string {
	var b strings.Builder
	line := indent
	for word := range strings.FieldsSeq(text) {
		if line != indent && len(line)+1+len(word) > width {
			b.WriteString(line + "\n")
			line = indent
		}
		if line != indent {
			line += " "
		}
		line += word
	}
	return b.String() + line + "\n"
}
