// Command admin is for maintenance jobs.
package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/cmd/wiring"
	"github.com/eosc-perf/backend/config"
)

// version is set when the program is built.
var version = "dev"

func main() { wiring.Main(command()) }

func command() *cobra.Command {
	root := &cobra.Command{
		Use:   "admin",
		Short: "Maintenance of an EOSC Performance server",
		Long: `Maintenance of an EOSC Performance server, on its database.

Settings are those of the server: environment variables, lines of a .env file in
the working folder, or flags.`,
		Version: version,
		Args:    cobra.NoArgs,
		Run:     func(cmd *cobra.Command, _ []string) { _ = cmd.Help() },
	}
	load := wiring.SettingFlags(root, func(s config.Setting) bool { return databaseSettings[s.Name] })
	root.AddCommand(outboxCommand(func(ctx context.Context) (*gormdb.Store, error) {
		cfg, err := load()
		if err != nil {
			return nil, err
		}
		return openDatabase(ctx, cfg.Database)
	}))
	return root
}

// databaseSettings are those that have flags.
var databaseSettings = map[string]bool{
	"APP_ENV": true, "DB_DRIVER": true, "DB_HOST": true, "DB_PORT": true, "DB_USER": true, "DB_PASSWORD": true, "DB_PASSWORD_FILE": true,
	"DB_NAME": true, "DB_SSLMODE": true, "DATA_DIR": true,
}
