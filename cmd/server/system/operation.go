package system

import (
	"context"
	"net/http"
	"net/http/pprof" //nolint:gosec // it is served on a loopback address only

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/metrics"
	"github.com/eosc-perf/backend/ports"
)

// startOperator serves metrics and profiles to the operator, each at the address of
// its setting, if there is one.
func (s *System) startOperator(ctx context.Context) error {
	for _, endpoint := range []struct {
		setting, address, path string
		handler                http.Handler
	}{
		{"METRICS_ADDRESS", s.cfg.Operation.MetricsAddress, "/metrics", s.metrics.Handler()},
		{"PPROF_ADDRESS", s.cfg.Operation.ProfileAddress, "/debug/pprof/", profiles()},
	} {
		if endpoint.address == "" {
			continue
		}
		listener, err := listen(ctx, endpoint.setting, endpoint.address)
		if err != nil {
			return err
		}
		s.http.StartOperator(ctx, listener, endpoint.setting, endpoint.path, endpoint.handler)
	}
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
		Name: "results", Help: "Results by state: visible, claimed (hidden by a claim), withdrawn, deleted.", Label: "state",
		Read: store.CountResults,
	})
	m.WatchCount(metrics.Count{
		Name: "removal_rows", Help: "Rows of people whose removal has begun and not ended, by state: removed, left.", Label: "state",
		Read: func(ctx context.Context) (map[string]float64, error) {
			removals, err := store.Repos().Removals.List(ctx, ports.UserMatch{})
			rows := map[string]float64{"removed": 0, "left": 0}
			for _, removal := range removals {
				rows["removed"] += float64(removal.Done)
				rows["left"] += float64(removal.Left())
			}
			return rows, err
		},
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

// sharesNow is how the server is shared among its clients.
func (s *System) sharesNow() metrics.Shares {
	shares := metrics.Shares{Used: map[string]int{}, Waiting: map[string]int{}}
	for gate, use := range s.shares.Use() {
		shares.Used[gate], shares.Waiting[gate] = use.Weight, use.Waiting
	}
	inMemory, onDisk := s.spool.Use()
	shares.Kept = map[string]int{"memory": inMemory, "disk": onDisk}
	return shares
}
