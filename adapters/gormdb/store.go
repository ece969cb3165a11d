package gormdb

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"
	"gorm.io/gorm/schema"

	"github.com/eosc-perf/backend/ports"
)

// Store is a database that keeps everything. It implements ports.Storage, and
// may be used by many goroutines at once.
type Store struct {
	db      *gorm.DB
	dialect Dialect
	pool    func() Pool
	heavy   *gate
	onMail  func()
	onClose func()
	closed  atomic.Bool
	shelf   *shelf
	// many is the constant, but in tests.
	many int
}

var _ ports.Storage = (*Store)(nil)

// Option sets what a store can do without.
type Option func(*Store)

// OnMail calls wake after each commit of mails: there is something to send. It
// must not block.
func OnMail(wake func()) Option { return func(s *Store) { s.onMail = wake } }

// WithPool says how to look at the connections where database/sql does not know.
func WithPool(pool func() Pool) Option { return func(s *Store) { s.pool = pool } }

// OnClose runs release after the connections were closed.
func OnClose(release func()) Option { return func(s *Store) { s.onClose = release } }

// Open makes a store of what the dialector connects to. The subpackages call it.
func Open(dialector gorm.Dialector, dialect Dialect, options ...Option) (*Store, error) {
	db, err := gorm.Open(dialector, &gorm.Config{
		NamingStrategy:         namer{schema.NamingStrategy{SingularTable: true}},
		SkipDefaultTransaction: true,
		// Columns by name: a revision that adds one changes no answer under way.
		QueryFields:          true,
		DisableAutomaticPing: true,
		Logger:               logger.Discard,
	})
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	if err := db.Callback().Query().Replace(queryCallback, queryInRoom); err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	s := &Store{db: db, dialect: dialect, onMail: func() {}, onClose: func() {}, shelf: newShelf(), many: many}
	for _, option := range options {
		option(s)
	}
	return s, nil
}

// DB is the connection for what is not the core's business, such as migrations.
func (s *Store) DB() *gorm.DB { return s.db }

// Pool is how much of the connections is in use.
type Pool struct {
	// Max is how many there may be, 0 for any number.
	Max, Open, InUse, Idle int
	// Waits counts those who had to wait for a connection, Waited is for how long
	// in all.
	Waits  int64
	Waited time.Duration
}

// Pool returns how much of the connections is in use now.
func (s *Store) Pool() Pool {
	if s.pool != nil {
		return s.pool()
	}
	pool, err := s.db.DB()
	if err != nil {
		return Pool{}
	}
	stats := pool.Stats()
	return Pool{
		Max: stats.MaxOpenConnections, Open: stats.OpenConnections, InUse: stats.InUse, Idle: stats.Idle,
		Waits: stats.WaitCount, Waited: stats.WaitDuration,
	}
}

// Ping returns nil if the database answers. The error is Unavailable if it is away.
func (s *Store) Ping(ctx context.Context) error {
	pool, err := s.db.DB()
	if err == nil {
		err = pool.PingContext(ctx)
	}
	return wrap(s.translate(ctx, err), "ping the database")
}

// Close closes the connections once they are not in use any more. Whatever is
// asked of the store later is Unavailable.
func (s *Store) Close() error {
	s.closed.Store(true)
	pool, err := s.db.DB()
	if err == nil {
		err = pool.Close()
	}
	s.onClose()
	return wrap(err, "close the database")
}

// Repos implements ports.Storage.
func (s *Store) Repos() ports.Repos { return s.repos(session{store: s, db: s.db}) }

func (s *Store) repos(in session) ports.Repos {
	return ports.Repos{
		Users:      users{in},
		Benchmarks: newBenchmarks(in),
		Sites:      newSites(in),
		Flavors:    newFlavors(in),
		Tags:       newTags(in),
		Results:    results{in},
		Claims:     claims{in},
		Submits:    submits{in},
		Outbox:     outbox{in},
	}
}

// Now is what time the database takes it to be, to the second at least.
func (s *Store) Now(ctx context.Context) (time.Time, error) {
	var now timestamp
	err := s.db.WithContext(ctx).Raw("SELECT CURRENT_TIMESTAMP").Row().Scan(&now)
	return now.UTC(), wrap(s.translate(ctx, err), "ask the database for the time")
}
