package gormdb

import (
	"context"
	"time"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb/measurements"
	"github.com/eosc-perf/backend/adapters/gormdb/references"
	"github.com/eosc-perf/backend/adapters/gormdb/resultlist"
	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/ports"
)

// Store is a database that keeps everything. It implements ports.Storage, and
// many goroutines may use it at once.
type Store struct {
	database *session.Database
	lists    *resultlist.Lists
	joint    *joint
	pool     func() session.Pool
	onMail   func()
	onClose  func()
	// declared has a value when there are metrics whose values are to be derived.
	declared chan struct{}
}

var _ ports.Storage = (*Store)(nil)

// Option is an optional setting of a store.
type Option func(*Store)

// OnMail calls wake after each commit of mails: there is something to send. It
// must not block.
func OnMail(wake func()) Option { return func(s *Store) { s.onMail = wake } }

// WithLists configures how lists of results are read.
func WithLists(configure func(*resultlist.Lists)) Option {
	return func(s *Store) { configure(s.lists) }
}

// WithHeavyTimeout bounds the time of a heavy list of results.
func WithHeavyTimeout(timeout time.Duration) Option {
	return WithLists(func(l *resultlist.Lists) { l.HeavyTimeout = timeout })
}

// WithPool says how to describe the use of the connections where database/sql does not
// know.
func WithPool(pool func() session.Pool) Option { return func(s *Store) { s.pool = pool } }

// OnClose runs release after the connections were closed.
func OnClose(release func()) Option { return func(s *Store) { s.onClose = release } }

// Open makes a store of the database that the dialector connects to. The packages
// postgres and sqlite call it.
func Open(dialector gorm.Dialector, dialect session.Dialect, options ...Option) (*Store, error) {
	database, err := session.Open(dialector, dialect)
	if err != nil {
		return nil, err
	}
	s := &Store{
		database: database, lists: resultlist.NewLists(references.NewCache()), joint: newJoint(jointTransactions),
		pool: database.Pool, onMail: func() {}, onClose: func() {}, declared: make(chan struct{}, 1),
	}
	if dialect.Writer != nil {
		s.joint.most = 1
	}
	for _, option := range options {
		option(s)
	}
	return s, nil
}

// ErrRefused says that the database answers, but refuses the connection: another try
// makes no sense before somebody has changed the database or the settings.
var ErrRefused = session.ErrRefused

// DB returns the connections, for work that is not part of the ports, such as
// migrations.
func (s *Store) DB() *gorm.DB { return s.database.DB() }

// Writer returns the connections of units of work, for work that is not part of the ports.
func (s *Store) Writer() *gorm.DB { return s.database.Writer() }

// Pool returns the use of the connections now.
func (s *Store) Pool() session.Pool { return s.pool() }

// Ping returns nil if the database answers. The error is Unavailable if the database
// does not.
func (s *Store) Ping(ctx context.Context) error { return s.database.Ping(ctx) }

// Ready returns nil if the database can serve requests that read and write. The error is
// Unavailable; FaultOf tells what somebody must do.
func (s *Store) Ready(ctx context.Context) error { return s.database.Ready(ctx) }

// Examine is Ready for an operator who can wait: it also looks at what takes long.
func (s *Store) Examine(ctx context.Context) error { return s.database.Examine(ctx) }

// Connections returns nil if the database gives us so many connections at once. It knows nothing of
// the limits of a pooler. The error is Unavailable.
func (s *Store) Connections(ctx context.Context, wanted int) error {
	return s.database.Connections(ctx, wanted)
}

// Fault is a state of the database that somebody must end.
type Fault = session.Fault

// FaultOf returns the fault that the error comes from, nil if there is none.
func FaultOf(err error) *Fault { return session.FaultOf(err) }

// Now returns the time of the database, exact to the second at least.
func (s *Store) Now(ctx context.Context) (time.Time, error) { return s.database.Now(ctx) }

// Close closes the connections as soon as nobody uses them. All later requests are
// answered with Unavailable errors.
func (s *Store) Close() error {
	err := s.database.Close()
	s.onClose()
	return err
}

// Repos implements ports.Storage.
func (s *Store) Repos() ports.Repos { return s.repos(s.database.Session(), &effects{}) }

// Do implements ports.Storage.
func (s *Store) Do(ctx context.Context, fn func(ctx context.Context, r ports.Repos) error) error {
	var done effects
	err := s.database.Do(ctx, func(ctx context.Context, in session.Session) error {
		done = effects{} // those of an earlier try were rolled back
		return fn(ctx, s.repos(in, &done))
	})
	if err == nil {
		s.announce(ctx, done)
	}
	return err
}

// DoOnce implements ports.Storage.
func (s *Store) DoOnce(ctx context.Context, once ports.Once) error {
	in := func(fn func(ctx context.Context, r ports.Repos) error) session.Work {
		return func(ctx context.Context, in session.Session) error {
			var done effects
			err := fn(ctx, s.repos(in, &done))
			if err == nil {
				s.announce(ctx, done)
			}
			return err
		}
	}
	return s.database.DoOnce(ctx, in(once.Claim), once.Work, in(once.Finish))
}

// effects are what somebody waits for, after the commit of a unit of work.
type effects struct {
	// enqueued: mails were added. declared: there are metrics to derive.
	enqueued, declared bool
	// named note the names that entities have now.
	named []func()
}

// announce wakes those who wait, after the commit.
func (s *Store) announce(ctx context.Context, done effects) {
	if done.enqueued {
		session.AfterCommit(ctx, s.onMail)
	}
	for _, note := range done.named {
		session.AfterCommit(ctx, note)
	}
	if done.declared {
		session.AfterCommit(ctx, func() {
			select {
			case s.declared <- struct{}{}:
			default: // it is known already
			}
		})
	}
}

// Declared has a value when there are metrics whose values DeriveMetrics is to derive.
func (s *Store) Declared() <-chan struct{} { return s.declared }

// repos are the repositories that work in the session. In a unit of work they note its effects.
func (s *Store) repos(in session.Session, done *effects) ports.Repos {
	cache := s.lists.References
	return ports.Repos{
		Users:      users{in},
		Removals:   removals{in},
		Blocks:     blocks{in},
		Benchmarks: newBenchmarks(in, cache, done),
		Sites:      newSites(in, cache, done),
		Flavors:    newFlavors(in, cache, done),
		Tags:       newTags(in, cache, done),
		Results:    results{in, s.lists, s.joint},
		Claims:     claims{in},
		Submits:    submits{in},
		Outbox:     outbox{in, &done.enqueued},

		Measurements: measurements.Reader{Session: in, Lists: s.lists},
		Events:       events{in},
		Audit:        audit{in},
		Keys:         keys{in},
		Sessions:     sessions{in},
		DailyUse:     dailyUse{in},
	}
}
