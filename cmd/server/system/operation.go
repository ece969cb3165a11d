package system

import (
	"context"
	"errors"
	"net/http"
	"net/http/pprof" //nolint:gosec // it is served on a loopback address only
	"time"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/metrics"
	"github.com/eosc-perf/backend/ports"
)

// openSides opens the listeners for those who run the server: apart from the
// API's, so that no proxy in front of it shows them to strangers.
func (s *System) openSides(ctx context.Context) error {
	if err := s.openSide(ctx, "METRICS_ADDRESS", s.cfg.Operation.MetricsAddress, "/metrics", s.metrics.Handler()); err != nil {
		return err
	}
	return s.openSide(ctx, "PPROF_ADDRESS", s.cfg.Operation.ProfileAddress, "/debug/pprof/", profiles())
}

// openSide serves the path, and nothing else, at the address that the setting
// names, if it names one.
func (s *System) openSide(ctx context.Context, setting, address, path string, handler http.Handler) error {
	if address == "" {
		return nil
	}
	listener, err := listen(ctx, setting, address)
	if err != nil {
		return err
	}
	routes := http.NewServeMux()
	routes.Handle(path, handler)
	const patience = 10 * time.Second
	side := &http.Server{
		Handler: routes, ReadTimeout: patience, IdleTimeout: s.cfg.HTTP.IdleTimeout,
		MaxHeaderBytes: s.cfg.HTTP.HeaderLimit, ErrorLog: s.http.ErrorLog,
	}
	s.sides = append(s.sides, side)
	s.log.InfoContext(ctx, "serving for operation", "url", "http://"+listener.Addr().String()+path)
	go func() {
		if err := side.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			s.log.ErrorContext(ctx, "a listener for operation ended", "setting", setting, "error", err)
		}
	}()
	return nil
}

// profiles are those of net/http/pprof. A profile takes as long as it is asked
// to, so there is no limit for the answer.
func profiles() http.Handler {
	routes := http.NewServeMux()
	routes.HandleFunc("/debug/pprof/", pprof.Index)
	routes.HandleFunc("/debug/pprof/cmdline", pprof.Cmdline)
	routes.HandleFunc("/debug/pprof/profile", pprof.Profile)
	routes.HandleFunc("/debug/pprof/symbol", pprof.Symbol)
	routes.HandleFunc("/debug/pprof/trace", pprof.Trace)
	return routes
}

// watch makes metrics of what the store knows. A count of something else is a few
// lines here.
func watch(m *metrics.Metrics, store *gormdb.Store, clock ports.Clock) {
	m.WatchPool(func() metrics.Pool {
		pool := store.Pool()
		return metrics.Pool{Max: pool.Max, InUse: pool.InUse, Idle: pool.Idle, Waits: pool.Waits, Waited: pool.Waited}
	})
	m.WatchCount(metrics.Count{
		Name: "results", Help: "Results by state: visible, claimed (hidden by a claim), deleted.", Label: "state", Read: store.CountResults,
	})
	m.WatchCount(metrics.Count{
		Name: "outbox_mails", Help: "Mails that are not sent by state: waiting, parked.", Label: "state",
		Read: func(ctx context.Context) (map[string]float64, error) {
			outbox, err := store.Repos().Outbox.State(ctx)
			return map[string]float64{"waiting": float64(outbox.Waiting), "parked": float64(outbox.Parked)}, err
		},
	})
	m.WatchCount(metrics.Count{
		Name: "outbox_oldest_seconds", Help: "Age of the oldest mail that waits; 0 if none does.",
		Read: func(ctx context.Context) (map[string]float64, error) {
			outbox, err := store.Repos().Outbox.State(ctx)
			if err != nil || outbox.OldestWaiting == nil {
				return map[string]float64{"": 0}, err
			}
			return map[string]float64{"": clock.Now().Sub(*outbox.OldestWaiting).Seconds()}, nil
		},
	})
}
