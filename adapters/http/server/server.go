package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// Options bound the connections of a server and the time that its stop takes.
type Options struct {
	ReadTimeout, WriteTimeout, IdleTimeout time.Duration
	// Connections are bounded where their limit is not 0.
	Connections Connections
	// HeaderLimit is the largest size in bytes of the headers of a request.
	HeaderLimit int
	// ShutdownDelay is how long the server reports that it is not ready before it stops
	// to accept connections.
	ShutdownDelay time.Duration
	// ShutdownTimeout is how long requests under way may take to finish then.
	ShutdownTimeout time.Duration
	// Certificate is for TLS; nil for none.
	Certificate *Certificate
	// Prefix is BACKEND_ROUTE, "" or "/" for none.
	Prefix string
	// StartingPage returns the handler of the page at a path below the prefix while the server starts, nil for a path
	// that is none of a page. Nil for no pages.
	StartingPage func(path string) http.Handler
}

// Server serves the connections of a listener, and of further listeners that are for
// the operator.
type Server struct {
	log      *slog.Logger
	options  Options
	address  net.Addr
	http     *http.Server
	operator []*http.Server
	starting startingHandler
	unread   *unreadBodies
	stopping atomic.Bool
	// failed receives the error with which serving ended.
	failed chan error
}

// Start serves the listener. Until SetHandler is called, the health check answers that
// the server is alive, and all other requests are answered with 503: pages by
// Options.StartingPage. Close frees the listener.
func Start(listener net.Listener, options Options, log *slog.Logger) *Server {
	s := &Server{log: log, options: options, address: listener.Addr(), failed: make(chan error, 1)}
	s.starting.prefix, s.starting.page = strings.TrimSuffix(options.Prefix, "/"), options.StartingPage
	s.unread = newUnreadBodies(&s.starting)
	s.http = s.newHTTP(s.unread, options.ReadTimeout)
	s.http.WriteTimeout = options.WriteTimeout
	if options.Connections.Limit > 0 {
		shared := options.Connections.listen(listener)
		s.http.ConnState = shared.observe
		listener = shared
	}
	go func() { s.failed <- s.serve(listener) }()
	return s
}

// serve serves the listener, with TLS if there is a certificate.
func (s *Server) serve(listener net.Listener) error {
	if s.options.Certificate == nil {
		return s.http.Serve(listener)
	}
	s.http.TLSConfig = s.options.Certificate.config()
	s.http.Protocols = new(http.Protocols)
	s.http.Protocols.SetHTTP1(true)
	return s.http.ServeTLS(listener, "", "")
}

func (s *Server) newHTTP(handler http.Handler, readTimeout time.Duration) *http.Server {
	return &http.Server{
		Handler: handler, ReadTimeout: readTimeout, IdleTimeout: s.options.IdleTimeout,
		MaxHeaderBytes: s.options.HeaderLimit, ErrorLog: slog.NewLogLogger(s.log.Handler(), slog.LevelWarn),
	}
}

// Address is the address at which the server listens.
func (s *Server) Address() net.Addr { return s.address }

// SetHandler passes all further requests to the handler.
func (s *Server) SetHandler(handler http.Handler) { s.starting.setReady(handler) }

// StartOperator serves the path, and nothing else, to the operator on a listener of its
// own, so that no proxy in front of the server shows the path to others. The answers may
// take any time. Setting names the listener in the log.
func (s *Server) StartOperator(ctx context.Context, listener net.Listener, setting, path string, handler http.Handler) {
	const readTimeout = 10 * time.Second
	routes := http.NewServeMux()
	routes.Handle(path, handler)
	operator := s.newHTTP(routes, readTimeout)
	s.operator = append(s.operator, operator)
	s.log.InfoContext(ctx, "serving for operation", "url", "http://"+listener.Addr().String()+path)
	go func() {
		if err := operator.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.log.ErrorContext(ctx, "a listener for operation ended", "setting", setting, "error", err)
		}
	}()
}

var errStopping = errors.New("the server is stopping")

// ReadyCheck is the check that the server is not stopping.
func (s *Server) ReadyCheck() ReadyCheck {
	return ReadyCheck{Name: "server", Immediate: true, Check: func(context.Context) (string, error) {
		if s.stopping.Load() {
			return errStopping.Error(), errStopping
		}
		return "", nil
	}}
}

// Run serves until the context ends, then stops: the server reports for ShutdownDelay
// that it is not ready, so that load balancers send requests elsewhere, and then
// finishes the requests under way and calls finish, both within ShutdownTimeout.
func (s *Server) Run(ctx context.Context, finish func(context.Context)) error {
	select {
	case err := <-s.failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	return s.stop(context.WithoutCancel(ctx), finish)
}

func (s *Server) stop(ctx context.Context, finish func(context.Context)) error {
	s.stopping.Store(true)
	s.log.InfoContext(ctx, "stopping: not ready any more", "delay", s.options.ShutdownDelay)
	select {
	case err := <-s.failed:
		return fmt.Errorf("serve: %w", err)
	case <-time.After(s.options.ShutdownDelay):
	}
	ctx, cancel := context.WithTimeout(ctx, s.options.ShutdownTimeout)
	defer cancel()
	s.log.InfoContext(ctx, "stopping: finishing the requests under way")
	err := s.http.Shutdown(ctx)
	finish(ctx)
	if err != nil {
		s.log.WarnContext(ctx, "some requests did not finish in time and were cut off", "after", s.options.ShutdownTimeout)
		return s.http.Close()
	}
	s.log.InfoContext(ctx, "stopped")
	return nil
}

// Close closes all listeners and connections. Errors are ignored: the server may have
// stopped already.
func (s *Server) Close() {
	for _, server := range append(s.operator, s.http) {
		_ = server.Close()
	}
}
