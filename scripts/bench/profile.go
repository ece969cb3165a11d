package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/eosc-perf/backend/scripts/bench/load"
)

// profile writes a processor profile of the server while requests are sent, if profiles are
// wanted. The channel yields one value at the end, nil without an error.
func (b *bench) profile(ctx context.Context, s *subject, r request, round uint64) <-chan error {
	done := make(chan error, 1)
	if b.options.profiles == "" {
		done <- nil
		return done
	}
	go func() {
		target := fmt.Sprintf("/debug/pprof/profile?seconds=%d", max(1, int(b.options.seconds)))
		profile, err := load.Once(ctx, s.server.profiles, load.Request{Method: "GET", Target: target, Status: 200})
		if err == nil {
			err = os.MkdirAll(b.options.profiles, 0o755) //nolint:gosec // everybody may read it
		}
		if err == nil {
			file := filepath.Join(b.options.profiles, fmt.Sprintf("%s-%s-%d.pprof", s.database.name(), r.name, round+1))
			err = os.WriteFile(file, profile, 0o644) //nolint:gosec // everybody may read it
		}
		done <- err
	}()
	return done
}
