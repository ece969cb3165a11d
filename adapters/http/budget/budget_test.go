package budget

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

const testBytes = 1 << 20

// attach returns the context and the account of a new request.
func attach(b *Budget) (context.Context, *account) {
	ctx, _ := b.Attach(context.Background())
	return ctx, ports.MemoryBudgetOf(ctx).(*account)
}

// reading returns a use case that reads so many bytes.
func reading(ctx context.Context, bytes int) func() (string, error) {
	return func() (string, error) {
		if err := ports.MemoryBudgetOf(ctx).Take(bytes); err != nil {
			return "", err
		}
		return "read", nil
	}
}

func TestAllowanceIsNotCharged(t *testing.T) {
	b := New(testBytes)
	large, _ := attach(b)
	if out, err := Read(large, reading(large, 10*testBytes)); out != "read" || err != nil {
		t.Fatalf("a request that exceeds the whole budget is not read: %v", err)
	}
	usual, _ := attach(b)
	if out, err := Read(usual, reading(usual, allowance)); out != "read" || err != nil {
		t.Errorf("a usual request is not read while the overflow slot is taken: %v", err)
	}
}

// Someone reads slowly an answer that is charged a part of the budget, and others wait
// for more bytes than the budget has.
func TestRequestsThatWaitForMuchKeepNobodyFromLittle(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(testBytes)
		slow, _ := attach(b)
		if _, err := Read(slow, reading(slow, allowance+testBytes/4)); err != nil {
			t.Fatal(err)
		}
		for range 3 { // the first takes the overflow slot, the others wait
			go func() {
				ctx, a := attach(b)
				defer a.release()
				_, _ = Read(ctx, reading(ctx, 2*testBytes)) // two of them get no slot
				<-t.Context().Done()
			}()
		}
		synctest.Wait()
		little, a := attach(b)
		if _, err := Read(little, reading(little, allowance+testBytes/4)); err != nil || a.leaveOverflow != nil {
			t.Errorf("a quarter of the budget while another quarter is charged: %v", err)
		}
		release, err := b.Acquire(t.Context(), allowance+testBytes/4)
		if err != nil {
			t.Fatalf("a body: %v", err)
		}
		release()
	})
}

func TestRequestsShareTheBudget(t *testing.T) {
	b := New(testBytes)
	for range 4 {
		ctx, a := attach(b)
		if _, err := Read(ctx, reading(ctx, allowance+testBytes/4)); err != nil || a.leaveOverflow != nil {
			t.Fatalf("a quarter of the budget: %v", err)
		}
	}
	ctx, _ := attach(b)
	if err := ports.MemoryBudgetOf(ctx).Take(allowance + 1); !errors.Is(err, ports.ErrOverBudget) {
		t.Errorf("one byte more than the budget: %v, want ErrOverBudget", err)
	}
}

// Requests that wait for the overflow slot hold nothing that others wait for.
func TestLargeRequestsWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(testBytes)
		first, holder := attach(b)
		if _, err := Read(first, reading(first, 2*testBytes)); err != nil {
			t.Fatal(err)
		}
		const waiting = 4
		done := make(chan error, waiting)
		for range waiting {
			go func() {
				ctx, a := attach(b)
				defer a.release()
				_, err := Read(ctx, reading(ctx, 2*testBytes))
				done <- err
			}()
		}
		synctest.Wait()
		if len(done) > 0 {
			t.Fatalf("a request did not wait: %v", <-done)
		}
		holder.release()
		for range waiting {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		synctest.Wait()
		if !b.bytes.TryAcquire(testBytes) || !b.overflow.TryAcquire(1) {
			t.Error("the requests did not give back everything")
		}
	})
}

func TestNoOverflowSlotInTimeIsUnavailable(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(testBytes)
		first, _ := attach(b)
		if _, err := Read(first, reading(first, 2*testBytes)); err != nil {
			t.Fatal(err)
		}
		ctx, _ := attach(b)
		start := time.Now()
		out, err := Read(ctx, reading(ctx, 2*testBytes))
		if domain.KindOf(err) != domain.Unavailable || out != "" || time.Since(start) != patience {
			t.Errorf("got %q, %v after %v, want Unavailable after %v", out, err, time.Since(start), patience)
		}
	})
}
