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

// Main runs the root command of a program, until it is done or a signal ends it. After
// an error it prints the error, and ends the process with the error's ExitStatus, or 1.
func Main(root *cobra.Command) {
	ignorePostgresEnvironment()
	root.SilenceUsage, root.SilenceErrors = true, true
	root.AddCommand(manualCommand(root))
	addManPages(root)
	root.SetOut(ForTerminals(os.Stdout))
	explainMisuse(root)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	cmd, err := root.ExecuteContextC(ctx)
	err = explained(cmd, err)
	stop()
	if err != nil {
		_, _ = fmt.Fprintf(ForTerminals(os.Stderr), "%s: %v\n", root.Name(), err) // there is nowhere else to say it
		os.Exit(exitStatus(err))
	}
}

func exitStatus(err error) int {
	type withStatus interface {
		error
		ExitStatus() int
	}
	if known, ok := errors.AsType[withStatus](err); ok {
		return known.ExitStatus()
	}
	return 1
}

// ignorePostgresEnvironment removes the variables of PostgreSQL's own programs
// (PGSERVICE, PGOPTIONS, ...) from the environment: the driver would use them besides
// the settings.
func ignorePostgresEnvironment() {
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "PG") {
			_ = os.Unsetenv(name) // it cannot fail for a name that is there
		}
	}
}

// SettingFlags gives the command, and its subcommands, a flag for each setting. The
// function that it returns loads the settings.
func SettingFlags(cmd *cobra.Command) func() (*config.Config, error) {
	return settingFlags(cmd, false)
}

// DatabaseFlags is SettingFlags for programs that serve nothing: they have and need the
// settings of the database only.
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
		values[s.Name] = flags.String(s.Flag(), "", meaning(s)+" ["+variable(s)+"]")
		if s.Kind == config.Boolean {
			flags.Lookup(s.Flag()).NoOptDefVal = "true"
		}
	}
	readableHelp(cmd)
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
