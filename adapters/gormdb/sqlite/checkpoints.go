package sqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"
	"time"

	gosqlite "modernc.org/sqlite"
)

const (
	// loggedPages is the size of the log, in pages of 4 KB, at which it is written into the file. At
	// 64 MB, instead of SQLite's 4 MB, a page that many transactions change is written less often,
	// and the disk is synchronized less often.
	loggedPages = 16_000
	// mostLoggedPages is the size at which a commit writes the log into the file itself: it bounds the
	// log if a checkpoint in the background fails.
	mostLoggedPages = 4 * loggedPages
	// maxPasses bounds how often a checkpoint in the background begins anew, for what was written
	// to the log meanwhile, and fewPages is what a commit may write itself.
	maxPasses, fewPages = 3, 500
	// checkpointTimeout ends a checkpoint in the background.
	checkpointTimeout = time.Minute
)

// checkpoints writes the log of committed pages into the file in the background, while units of
// work go on: a checkpoint that a commit makes holds up all uploads. While others write, a
// checkpoint in the background never reaches the end of the log, and the log would grow. So after
// it the next commit writes the rest, which is little; then the log begins anew.
type checkpoints struct {
	pool *sql.DB
	// begin is the number of pages after which a checkpoint begins.
	begin int

	mutex sync.Mutex
	// written are the pages in the log since the last checkpoint began.
	written int
	state   checkpointState
	// ended is closed when the last checkpoint in the background has ended; nil if there was none.
	ended chan struct{}
}

type checkpointState int

const (
	// awaited: the log is small.
	awaited checkpointState = iota
	// underWay: a checkpoint works in the background.
	underWay
	// almostDone: the next commit writes the rest.
	almostDone
	// closed: the database is being closed, which writes the log.
	closed
)

// committed notes that a connection has committed pages. The connection may write the rest of the log.
func (c *checkpoints) committed(by driverConnection) {
	counter, ok := by.(gosqlite.DBStatus)
	if !ok {
		return
	}
	pages, _, err := counter.Status(gosqlite.DBStatusCacheWrite, true)
	if err != nil {
		return // mostLoggedPages bounds the log
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.written += pages
	switch {
	case c.state == almostDone:
		c.state = awaited
		// An error is no failure of the commit. The next checkpoint meets it again.
		_, _ = by.ExecContext(context.Background(), "PRAGMA wal_checkpoint(PASSIVE)", nil)
	case c.state == awaited && c.written >= c.begin:
		c.state, c.written, c.ended = underWay, 0, make(chan struct{})
		go c.work(c.ended)
	}
}

// work writes what is in the log, but for what others write to it at the end.
func (c *checkpoints) work(ended chan<- struct{}) {
	defer close(ended)
	ctx, cancel := context.WithTimeout(context.Background(), checkpointTimeout)
	defer cancel()
	done := 0
	for range maxPasses {
		before := done
		var busy, logged int
		// An error is met by units of work, too: these report it.
		err := c.pool.QueryRowContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)").Scan(&busy, &logged, &done)
		if err != nil || busy != 0 || done-before < fewPages {
			break
		}
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.state == underWay {
		c.state = almostDone
	}
}

// await waits for the checkpoint that is under way.
func (c *checkpoints) await() {
	c.mutex.Lock()
	ended := c.ended
	c.mutex.Unlock()
	if ended != nil {
		<-ended
	}
}

// close waits for the checkpoint that is under way, and lets no other begin.
func (c *checkpoints) close() error {
	c.mutex.Lock()
	c.state = closed
	c.mutex.Unlock()
	c.await()
	return c.pool.Close()
}

// writerConnector opens connections that count the pages of their commits. database/sql closes it
// together with its pool.
type writerConnector struct {
	driver.Connector

	checkpoints *checkpoints
}

// openWriter makes the pool of connections for units of work on the database at the path, whose
// log is written into the file after so many pages.
func openWriter(path string, pages int) (*sql.DB, error) {
	// Its connections are opened for one checkpoint.
	pool, err := openPool(path, settings(readerCache), 1, 0)
	if err != nil {
		return nil, err
	}
	address, err := address(path, settings(writerCache, temporaryInMemory))
	if err != nil {
		return nil, err
	}
	plain, err := newConnector(address)
	if err != nil {
		return nil, err
	}
	writer := sql.OpenDB(writerConnector{plain, &checkpoints{pool: pool, begin: pages}})
	writer.SetMaxOpenConns(maxWriters)
	writer.SetMaxIdleConns(1)
	return writer, nil
}

// Connect implements driver.Connector.
func (w writerConnector) Connect(ctx context.Context) (driver.Conn, error) {
	plain, err := w.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	open, ok := plain.(*connection)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the connection %T keeps no statements", plain), plain.Close())
	}
	return &writerConnection{open, w.checkpoints}, nil
}

// Close implements io.Closer.
func (w writerConnector) Close() error { return w.checkpoints.close() }

// writerConnection tells checkpoints of its commits.
type writerConnection struct {
	*connection

	checkpoints *checkpoints
}

// BeginTx implements driver.ConnBeginTx.
func (w *writerConnection) BeginTx(ctx context.Context, options driver.TxOptions) (driver.Tx, error) {
	begun, err := w.connection.BeginTx(ctx, options)
	if err != nil {
		return nil, err
	}
	return writerTransaction{begun, w}, nil
}

// Close implements driver.Conn. It waits for a checkpoint that is under way: of two connections that
// are closed at once, none may be the last, which writes the log into the file and removes it.
func (w *writerConnection) Close() error {
	w.checkpoints.await()
	return w.connection.Close()
}

type writerTransaction struct {
	driver.Tx

	of *writerConnection
}

// Commit implements driver.Tx.
func (t writerTransaction) Commit() error {
	err := t.Tx.Commit()
	if err == nil {
		t.of.checkpoints.committed(t.of.driverConnection)
	}
	return err
}
