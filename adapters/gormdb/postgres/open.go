package postgres

import (
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
	gormpostgres "gorm.io/driver/postgres"

	"github.com/eosc-perf/backend/adapters/gormdb"
)

// Config says where the database is.
type Config struct {
	// Host is a name, an address, or the folder of a Unix socket.
	Host     string
	Port     int
	User     string
	Password string
	// Name is the database's.
	Name string
	// SSLMode is one of libpq's words; empty is prefer.
	SSLMode string
	// MaxConnections bounds the pool; 0 is four, or the number of processors if
	// that is more.
	MaxConnections int
}

const (
	applicationName = "eosc-perf"
	connectTimeout  = 5 * time.Second
)

// Open makes a store that connects when it is first asked for something: a
// server that is away is no error here, a bad configuration is.
func Open(ctx context.Context, c Config, options ...gormdb.Option) (*gormdb.Store, error) {
	config, err := pgxpool.ParseConfig(c.keywords())
	if err != nil {
		return nil, fmt.Errorf("configure PostgreSQL at %s: %w", net.JoinHostPort(c.Host, strconv.Itoa(c.Port)), err)
	}
	if c.MaxConnections > 0 {
		config.MaxConns = int32(min(c.MaxConnections, 1<<15)) //nolint:gosec // it is bounded
	}
	config.ConnConfig.ConnectTimeout = connectTimeout
	config.ConnConfig.RuntimeParams["application_name"] = applicationName
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("configure PostgreSQL at %s: %w", net.JoinHostPort(c.Host, strconv.Itoa(c.Port)), err)
	}
	dialector := gormpostgres.New(gormpostgres.Config{Conn: stdlib.OpenDBFromPool(pool)})
	store, err := gormdb.Open(dialector, &dialect{}, append(options, gormdb.OnClose(pool.Close))...)
	if err != nil {
		pool.Close()
	}
	return store, err
}

// keywords is the configuration as libpq's list of keywords and values. All are
// there, so that no variable of the environment stands in for one.
func (c Config) keywords() string {
	mode := c.SSLMode
	if mode == "" {
		mode = "prefer"
	}
	quote := strings.NewReplacer(`\`, `\\`, `'`, `\'`)
	var list strings.Builder
	for _, pair := range [][2]string{
		{"host", c.Host}, {"port", strconv.Itoa(c.Port)}, {"user", c.User}, {"password", c.Password},
		{"dbname", c.Name}, {"sslmode", mode},
	} {
		fmt.Fprintf(&list, "%s='%s' ", pair[0], quote.Replace(pair[1]))
	}
	return list.String()
}
