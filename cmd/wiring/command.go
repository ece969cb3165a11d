package wiring

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/config"
)

// Main runs a program's root command until it is done or a signal ends it, and
// then the process: after an error, which it prints, with the error's ExitStatus or 1.
func Main(root *cobra.Command) {
	ignorePostgresEnvironment()
	root.SilenceUsage, root.SilenceErrors = true, true
	root.AddCommand(manualCommand(root))
	addManPages(root)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	err := root.ExecuteContext(ctx)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", root.Name(), err)
		os.Exit(exitStatus(err))
	}
}

func exitStatus(err error) int {
	type withStatus interface {
		error
		ExitStatus() int
	}
	if told, ok := errors.AsType[withStatus](err); ok {
		return told.ExitStatus()
	}
	return 1
}

// ignorePostgresEnvironment drops what PostgreSQL's own programs read from the
// environment (PGSERVICE, PGOPTIONS, ...), and its driver would: the settings are
// ours alone.
func ignorePostgresEnvironment() {
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "PG") {
			_ = os.Unsetenv(name) // it cannot fail for a name that is there
		}
	}
}

// SettingFlags gives the command, and those below it, a flag for each setting; the
// function that it returns loads the settings.
func SettingFlags(cmd *cobra.Command) func() (*config.Config, error) {
	return settingFlags(cmd, false)
}

// DatabaseFlags is SettingFlags for programs that serve nothing: of all settings
// they have, and ask for, only those of the database.
func DatabaseFlags(cmd *cobra.Command) func() (*config.Config, error) {
	return settingFlags(cmd, true)
}

func settingFlags(cmd *cobra.Command, databaseOnly bool) func() (*config.Config, error) {
	values := map[string]*string{}
	flags := cmd.PersistentFlags()
	for _, s := range config.Settings() {
		if databaseOnly && !s.ForDatabase() {
			continue
		}
		values[s.Name] = flags.String(s.Flag(), "", help(s))
		if s.Kind == config.Boolean {
			flags.Lookup(s.Flag()).NoOptDefVal = "true"
		}
	}
	return func() (*config.Config, error) {
		given := map[string]string{}
		for _, s := range config.Settings() {
			if values[s.Name] != nil && flags.Changed(s.Flag()) {
				given[s.Name] = *values[s.Name]
			}
		}
		return config.Load(config.Source{Environ: os.Environ(), Flags: given, Dir: ".", DatabaseOnly: databaseOnly})
	}
}

// help is a setting's line in --help: what it is, its variable, its default.
func help(s config.Setting) string {
	line := s.Help + " [" + s.Name
	if s.Default != "" {
		line += ", default " + s.Default
	}
	return line + "]"
}
