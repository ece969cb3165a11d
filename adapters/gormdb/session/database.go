package session

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"github.com/eosc-perf/backend/adapters/gormdb/tables"
)

// Database is an open database. Many goroutines may use it at once.
type Database struct {
	Dialect Dialect

	db *gorm.DB
	// writer has the connections of units of work.
	writer *gorm.DB
	// turn holds the unit of work whose turn it is; nil if there are no turns.
	turn        chan struct{}
	closed      atomic.Bool
	damage      damage
	examination examination
}

// Open opens the database that the dialector connects to.
func Open(dialector gorm.Dialector, dialect Dialect) (*Database, error) {
	db, err := gorm.Open(dialector, &gorm.Config{
		NamingStrategy:         tables.NewNamer(),
		SkipDefaultTransaction: true,
		// Queries name the columns. A revision that adds a column while a query runs
		// does not change the answer.
		QueryFields:          true,
		DisableAutomaticPing: true,
		CreateBatchSize:      dialect.InsertedRows,
		Logger:               logger.Discard,
	})
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	if err := db.Callback().Query().Replace(queryCallback, queryInShare); err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	database := &Database{Dialect: dialect, db: db, writer: db}
	if dialect.Writer != nil {
		database.turn = make(chan struct{}, 1)
		database.writer = db.Session(&gorm.Session{NewDB: true})
		database.writer.Statement = &gorm.Statement{DB: database.writer, ConnPool: dialect.Writer, Context: context.Background()}
	}
	return database, nil
}

// DB returns the connections, for work that is not part of the ports, such as
// migrations.
func (d *Database) DB() *gorm.DB { return d.db }

// Writer returns the connections of units of work.
func (d *Database) Writer() *gorm.DB { return d.writer }

// Session returns a session outside of any transaction.
func (d *Database) Session() Session { return Session{Database: d, db: d.db} }

// SessionOn returns a session on one connection, on which the caller begins and ends
// transactions.
func (d *Database) SessionOn(connection *gorm.DB) Session {
	return Session{Database: d, db: connection}
}

// Pool describes the use of the connections.
type Pool struct {
	// Max is the largest number of connections, 0 for any number.
	Max, Open, InUse, Idle int
	// Waits counts the requests that had to wait for a connection; Waited is the sum
	// of these times.
	Waits  int64
	Waited time.Duration
	// Pooler names the unit for which a pooler beyond the connections gives out sessions,
	// session or transaction. It is empty if there is no pooler.
	Pooler string
}

// Pool returns the use of the connections now, as database/sql knows it.
func (d *Database) Pool() Pool {
	pool, err := d.db.DB()
	if err != nil {
		return Pool{}
	}
	stats := pool.Stats()
	if d.Dialect.Writer != nil {
		more := d.Dialect.Writer.Stats()
		stats.MaxOpenConnections += more.MaxOpenConnections
		stats.OpenConnections += more.OpenConnections
		stats.InUse += more.InUse
		stats.Idle += more.Idle
	}
	return Pool{
		Max: stats.MaxOpenConnections, Open: stats.OpenConnections, InUse: stats.InUse, Idle: stats.Idle,
		Waits: stats.WaitCount, Waited: stats.WaitDuration,
	}
}

// Ping returns nil if the database answers. The error is Unavailable if the database
// does not.
func (d *Database) Ping(ctx context.Context) error {
	pool, err := d.db.DB()
	if err == nil {
		err = tryTransaction(ctx, pool)
	}
	return d.Failed(ctx, err, "ping the database")
}

// tryTransaction connects, and begins and ends a transaction: poolers in statement mode refuse that.
func tryTransaction(ctx context.Context, pool *sql.DB) error {
	tx, err := pool.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	return tx.Rollback()
}

// Now returns the time of the database, exact to the second at least.
func (d *Database) Now(ctx context.Context) (time.Time, error) {
	var now tables.Timestamp
	err := d.db.WithContext(ctx).Raw("SELECT CURRENT_TIMESTAMP").Row().Scan(&now)
	return now.UTC(), d.Failed(ctx, err, "ask the database for the time")
}

// Close closes the connections as soon as nobody uses them. All later requests are
// answered with Unavailable errors.
func (d *Database) Close() error {
	d.closed.Store(true)
	pool, err := d.db.DB()
	if err == nil {
		err = pool.Close()
	}
	if d.Dialect.Writer != nil {
		err = errors.Join(err, d.Dialect.Writer.Close())
	}
	return wrap(err, "close the database")
}
