package session_test

import (
	"bytes"
	"context"
	"io"
	"net"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// network connects a store to its PostgreSQL, and can fail.
type network struct {
	server   string
	listener net.Listener
	// loseCommits lets commits pass, and closes the connection before the answer.
	loseCommits atomic.Bool
	// received is how many bytes came from the server, connected how many connections there have been.
	received, connected atomic.Int64
	// sent is called with all that is sent to the server, if it is set.
	sent atomic.Pointer[func(text []byte)]

	mutex sync.Mutex
	// silent is closed when the existing connections must not carry anything more.
	silent chan struct{}
}

// overNetwork returns a store that is connected through a network, and a direct one.
func overNetwork(t *testing.T) (store, direct *gormdb.Store, n *network) {
	t.Helper()
	database := *storetest.Database(t)
	direct = storetest.Connect(t, &database)
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	n = &network{server: net.JoinHostPort(database.Host, strconv.Itoa(database.Port)), listener: listener, silent: make(chan struct{})}
	t.Cleanup(func() { _ = listener.Close() })
	go n.serve(t)
	database.Host, database.Port = "127.0.0.1", listener.Addr().(*net.TCPAddr).Port
	return storetest.Connect(t, &database), direct, n
}

func (n *network) serve(t *testing.T) {
	for {
		client, err := n.listener.Accept()
		if err != nil {
			return
		}
		server, err := new(net.Dialer).DialContext(context.Background(), "tcp", n.server)
		if err != nil {
			t.Errorf("connect to the server: %v", err)
			_ = client.Close()
			return
		}
		n.connected.Add(1)
		n.mutex.Lock()
		silent := n.silent
		n.mutex.Unlock()
		lost := &atomic.Bool{}
		go n.carry(server, client, silent, func(text []byte) bool {
			if n.loseCommits.Load() && bytes.Contains(bytes.ToLower(text), []byte("commit\x00")) {
				lost.Store(true)
			}
			if sent := n.sent.Load(); sent != nil {
				(*sent)(text)
			}
			return true
		})
		go n.carry(client, server, silent, func(text []byte) bool {
			n.received.Add(int64(len(text)))
			return !lost.Load()
		})
	}
}

// carry copies until one end closes, or pass returns false. When the network is silent,
// carry copies nothing and closes nothing.
func (n *network) carry(to, from net.Conn, silent chan struct{}, pass func([]byte) bool) {
	buffer := make([]byte, 1<<16)
	for {
		read, err := from.Read(buffer)
		select {
		case <-silent:
			return
		default:
		}
		if err == nil && pass(buffer[:read]) {
			_, err = to.Write(buffer[:read])
		} else if err == nil {
			err = io.EOF
		}
		if err != nil {
			_ = to.Close()
			_ = from.Close()
			return
		}
	}
}

// silence makes the existing connections carry nothing more; new connections work.
func (n *network) silence() {
	n.mutex.Lock()
	defer n.mutex.Unlock()
	close(n.silent)
	n.silent = make(chan struct{})
}

// Nobody knows whether the commit succeeded: the store neither reports success, nor runs the
// unit of work again.
func TestCommitWithoutAnAnswerIsUnavailable(t *testing.T) {
	store, direct, n := overNetwork(t)
	if err := addTag(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	id, times := uuid.New(), 0
	n.loseCommits.Store(true)
	err := store.Do(t.Context(), func(ctx context.Context, r ports.Repos) error {
		times++
		return r.Tags.Add(ctx, &domain.Tag{ID: id, Name: id.String()})
	})
	n.loseCommits.Store(false)
	storetest.WantUnavailable(t, "commit", err)
	if times != 1 {
		t.Errorf("it was done %d times", times)
	}
	if _, err := direct.Repos().Tags.Get(t.Context(), id); err != nil {
		t.Errorf("the commit did not get through, this test shows nothing: %v", err)
	}
	if err := addTag(t.Context(), store); err != nil {
		t.Errorf("after that: %v", err)
	}
}

// A server that is gone without closing its connections, like a machine without power, delays
// requests for no longer than a ping.
func TestSilentConnectionsAreReplaced(t *testing.T) {
	store, _, n := overNetwork(t)
	if err := addTag(t.Context(), store); err != nil {
		t.Fatal(err)
	}
	time.Sleep(1100 * time.Millisecond) // a connection that was used within a second is not tested
	n.silence()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	if err := addTag(ctx, store); err != nil {
		t.Errorf("with a silent connection: %v", err)
	}
	start := time.Now()
	if err := store.Close(); err != nil {
		t.Error(err)
	}
	if took := time.Since(start); took > time.Minute {
		t.Errorf("to close the store took %v: it waits for the silent connection", took)
	}
}

func TestPoolDescribesTheConnections(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		err := store.Do(t.Context(), func(context.Context, ports.Repos) error {
			if p := store.Pool(); p.InUse != 1 || p.Open != p.InUse+p.Idle || p.Max < p.Open {
				t.Errorf("during a unit of work: %+v", p)
			}
			return nil
		})
		if p := store.Pool(); err != nil || p.InUse != 0 || p.Open == 0 {
			t.Errorf("after it: %+v, %v", p, err)
		}
	})
}
