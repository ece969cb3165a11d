package postgres

import (
	"cmp"
	"context"
	"fmt"
	"net"
	"strconv"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	gormpostgres "gorm.io/driver/postgres"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
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
	// QueryTimeout is when the database gives up a statement; 0 is never.
	QueryTimeout time.Duration
	// Pooler is what is between this program and PostgreSQL; empty is AnyPooler.
	Pooler Pooler
}

const (
	applicationName = "eosc-perf"
	connectTimeout  = 5 * time.Second
	// pingTimeout is for a connection that was idle for more than a second: if it does
	// not answer, another one is used. Otherwise a request with a connection to a
	// server that is gone would wait until its own time is over.
	pingTimeout = 2 * time.Second
	// lifetimeJitter spreads the end of connections, which is after an hour.
	lifetimeJitter = 5 * time.Minute
	// closeTimeout bounds how long closing takes: connections to a server that does not
	// answer take a quarter of a minute, and a program that stops has less.
	closeTimeout = time.Second
)

// keepAlive finds out within 20 seconds that a server is gone without having closed the
// connection, while a query waits for its answer and while the connection is idle.
var keepAlive = net.KeepAliveConfig{Enable: true, Idle: 10 * time.Second, Interval: 3 * time.Second, Count: 3}

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
	config.PingTimeout, config.MaxConnLifetimeJitter = pingTimeout, lifetimeJitter
	config.ConnConfig.ConnectTimeout = connectTimeout
	config.ConnConfig.DialFunc = (&net.Dialer{KeepAliveConfig: keepAlive}).DialContext
	config.ConnConfig.RuntimeParams["application_name"] = applicationName
	for _, name := range atStart {
		config.ConnConfig.RuntimeParams[name] = fixed[name]
	}
	prepared := &sessions{route: route{found: cmp.Or(c.Pooler, AnyPooler)}, queryTimeout: c.QueryTimeout}
	config.BeforeConnect, config.AfterConnect = prepared.prepare, prepared.start
	config.ConnConfig.BuildContextWatcherHandler = prepared.watch
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("configure PostgreSQL at %s: %w", net.JoinHostPort(c.Host, strconv.Itoa(c.Port)), err)
	}
	dialector := gormpostgres.New(gormpostgres.Config{Conn: openSQL(pool, prepared)})
	options = append(options, gormdb.OnClose(func() { closeInTime(pool) }), gormdb.WithPool(poolOf(pool, prepared)))
	store, err := gormdb.Open(dialector, newDialect(pool, prepared), options...)
	if err != nil {
		pool.Close()
	}
	return store, err
}

// closeInTime closes the pool, and does not wait longer than closeTimeout.
func closeInTime(pool *pgxpool.Pool) {
	closed := make(chan struct{})
	go func() {
		pool.Close()
		close(closed)
	}()
	select {
	case <-closed:
	case <-time.After(closeTimeout):
	}
}

// poolOf describes the use of the pool. database/sql, which borrows its connections
// from the pool, does not know it.
func poolOf(pool *pgxpool.Pool, prepared *sessions) func() session.Pool {
	return func() session.Pool {
		s := pool.Stat()
		return session.Pool{
			Pooler: prepared.beyond(),
			Max:    int(s.MaxConns()), Open: int(s.TotalConns()), InUse: int(s.AcquiredConns()), Idle: int(s.IdleConns()),
			Waits: s.EmptyAcquireCount(), Waited: s.EmptyAcquireWaitTime(),
		}
	}
}

// keywords is the configuration as libpq's list of keywords and values. All keywords
// are in the list, so that no variable of the environment replaces one.
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
