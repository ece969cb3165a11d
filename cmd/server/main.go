// Command server serves the EOSC Perf API.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/config"
)

// version is set by the build.
var version = "dev"

func main() {
	ignorePostgresEnvironment()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := command().ExecuteContext(ctx); err != nil {
		fmt.Fprintln(os.Stderr, "server:", err)
		stop()
		os.Exit(1)
	}
}

// command is the root command; without anything it serves.
func command() *cobra.Command {
	root := &cobra.Command{
		Use:   "server",
		Short: "Serve the EOSC Perf API",
		Long: `Serve the EOSC Perf API: the public record of how fast computing sites and
their machine types really are.

Every setting is an environment variable, a line of a .env file in the working
folder, or a flag; a flag wins over the environment, the environment over .env.`,
		Example: `  APP_ENV=development server
  server --app-env development --listen 127.0.0.1:5001 --data-dir /tmp/perf`,
		Args:          cobra.NoArgs,
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	overrides := settingFlags(root)
	root.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, err := config.Load(config.Source{Environ: os.Environ(), Flags: overrides(), Dir: "."})
		if err != nil {
			return err
		}
		return run(cmd.Context(), cfg, cmd.OutOrStdout(), cmd.ErrOrStderr())
	}
	return root
}

// settingFlags gives the command a flag for every setting; the function that it
// returns tells which were given.
func settingFlags(cmd *cobra.Command) func() map[string]string {
	values := map[string]*string{}
	for _, s := range config.Settings() {
		values[s.Name] = cmd.Flags().String(s.Flag(), "", help(s))
		if s.Kind == config.Boolean {
			cmd.Flags().Lookup(s.Flag()).NoOptDefVal = "true"
		}
	}
	return func() map[string]string {
		given := map[string]string{}
		for _, s := range config.Settings() {
			if cmd.Flags().Changed(s.Flag()) {
				given[s.Name] = *values[s.Name]
			}
		}
		return given
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
