// Command server serves the EOSC Perf API.
package main

import (
	"context"
	"io"

	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/cmd/server/system"
	"github.com/eosc-perf/backend/cmd/wiring"
	"github.com/eosc-perf/backend/config"
)

// version is set by the build.
var version = "dev"

func main() { wiring.Main(command()) }

// command is the root command; without anything it serves.
func command() *cobra.Command {
	root := &cobra.Command{
		Use:   "server",
		Short: "Serve the EOSC Perf API",
		Long: `Serve the EOSC Perf API: the public record of the speed of computing sites and
their machine types.

A setting is an environment variable, a line of a .env file in the working folder, or a
flag. A flag wins over the environment, and the environment wins over .env.`,
		Example: `  APP_ENV=development server
  server --app-env development --listen 127.0.0.1:5001 --data-dir /tmp/perf`,
		Args:    cobra.NoArgs,
		Version: version,
	}
	load := wiring.SettingFlags(root)
	root.RunE = func(cmd *cobra.Command, _ []string) error {
		cfg, err := load()
		if err != nil {
			return err
		}
		return serve(cmd.Context(), cfg, cmd.OutOrStdout(), cmd.ErrOrStderr())
	}
	root.AddCommand(healthcheckCommand(load))
	return root
}

// serve serves until the context ends, then finishes the requests under way.
func serve(ctx context.Context, cfg *config.Config, out, logs io.Writer) error {
	s, err := system.Open(ctx, cfg, version, system.NewLogger(cfg.Log, logs))
	if err != nil {
		return err
	}
	defer s.Close()
	s.Greet(out)
	return s.Serve(ctx)
}
