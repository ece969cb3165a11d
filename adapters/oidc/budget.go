package oidc

import (
	"fmt"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"
)

// The budgets. A token that only a provider can distinguish from an invented one costs
// one unit.
const (
	// clientRate and clientBurst are for one client: tokens a second, and at once.
	clientRate  = 1
	clientBurst = 20
	// totalRate and totalBurst are for all clients together.
	totalRate  = 10
	totalBurst = 100
	// freshRate and freshBurst are for asking again about one accepted token.
	freshRate  = 1
	freshBurst = 5

	// maxClients is how many clients are remembered. One that is forgotten has its whole
	// budget again; totalRate bounds those who have more addresses.
	maxClients = 10_000
)

// budget bounds how often providers are asked: for each client, and for all together.
// It is safe for concurrent use.
type budget struct {
	now     func() time.Time
	total   *rate.Limiter
	rate    rate.Limit
	burst   int
	clients *lru.Cache[string, *rate.Limiter]
}

// newBudget makes a budget; a nil total is without bounds.
func newBudget(now func() time.Time, each rate.Limit, burst int, total *rate.Limiter) (*budget, error) {
	clients, err := lru.New[string, *rate.Limiter](maxClients)
	if err != nil {
		return nil, fmt.Errorf("make budgets of clients: %w", err)
	}
	if total == nil {
		total = rate.NewLimiter(rate.Inf, 0)
	}
	return &budget{now: now, total: total, rate: each, burst: burst, clients: clients}, nil
}

// take takes one unit from the client's budget and the total. If one of them is used
// up, take takes nothing and returns after what time there is a unit again.
func (b *budget) take(client string) time.Duration {
	now := b.now()
	own := b.of(client).ReserveN(now, 1)
	if wait := own.DelayFrom(now); wait > 0 {
		own.CancelAt(now)
		return wait
	}
	all := b.total.ReserveN(now, 1)
	if wait := all.DelayFrom(now); wait > 0 {
		all.CancelAt(now)
		own.CancelAt(now)
		return wait
	}
	return 0
}

// of returns the client's limiter.
func (b *budget) of(client string) *rate.Limiter {
	if limiter, ok := b.clients.Get(client); ok {
		return limiter
	}
	limiter := rate.NewLimiter(b.rate, b.burst)
	if earlier, ok, _ := b.clients.PeekOrAdd(client, limiter); ok {
		return earlier
	}
	return limiter
}
