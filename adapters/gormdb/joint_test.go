package gormdb

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/eosc-perf/backend/core/domain"
)

func TestUploadsWaitForOthersOfTheSamePersonOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		j, locked := newJoint(1), make(chan struct{})
		var order []string
		upload := func(subject, digest string, alone func() error) {
			result := &domain.Result{Digest: digest}
			result.Uploader = domain.UserID{Subject: subject}
			err := j.add(t.Context(), &joining{result: result}, alone, func(_ context.Context, group []*joining) ([]error, error) {
				for _, one := range group {
					order = append(order, one.result.Digest)
				}
				return make([]error, len(group)), nil
			})
			if err != nil {
				t.Errorf("%s: %v", digest, err)
			}
		}
		alone := func(digest string) func() error {
			return func() error { order = append(order, digest); return nil }
		}
		go upload("alice", "slow", func() error { <-locked; return alone("slow")() })
		synctest.Wait()
		go upload("alice", "second", alone("alone"))
		synctest.Wait()
		go upload("alice", "first", alone("alone"))
		synctest.Wait()
		upload("bob", "another", alone("another"))
		close(locked)
		synctest.Wait()
		if want := []string{"another", "slow", "first", "second"}; !slices.Equal(order, want) {
			t.Errorf("added %v, want %v", order, want)
		}
		if len(j.lines) > 0 {
			t.Errorf("%d lines are left", len(j.lines))
		}
	})
}
