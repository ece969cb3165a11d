package fair

import (
	"fmt"
	"math"
	"time"

	lru "github.com/hashicorp/golang-lru/v2"
	"golang.org/x/time/rate"

	"github.com/eosc-perf/backend/core/domain"
)

// Class is a kind of requests that are counted together.
type Class string

// The classes. HeavyReads count as Reads, too, and Registrations as Writes.
const (
	Reads         Class = "reads"
	HeavyReads    Class = "heavy-reads"
	Writes        Class = "writes"
	RefusedLogins Class = "refused-logins"
	Registrations Class = "registrations"
	HealthChecks  Class = "health-checks"
)

// Rate is a number of requests in a time; zero requests are no limit. Unused requests are kept
// for one such time: so many may come at once.
type Rate struct {
	Requests int
	Per      time.Duration
}

// mostClients is how many clients of a class are known. The one that has not come for the
// longest time is forgotten first: it has all of its requests again.
const mostClients = 20_000

// Rates count the requests of clients, on this server only.
type Rates struct{ classes map[Class]*counted }

// counted are the clients of a class, each with a bucket of tokens.
type counted struct {
	Rate

	clients *lru.Cache[string, *rate.Limiter]
}

// NewRates returns counters on which nobody has come.
func NewRates(limits map[Class]Rate) *Rates {
	r := &Rates{classes: map[Class]*counted{}}
	for class, limit := range limits {
		if limit.Requests > 0 {
			// The error is about a size below 1.
			clients, _ := lru.New[string, *rate.Limiter](mostClients)
			r.classes[class] = &counted{Rate: limit, clients: clients}
		}
	}
	return r
}

func (c *counted) bucket(client string) *rate.Limiter {
	if bucket, ok := c.clients.Get(client); ok {
		return bucket
	}
	every := rate.Limit(float64(c.Requests) / c.Per.Seconds())
	bucket := rate.NewLimiter(every, c.Requests)
	if known, ok, _ := c.clients.PeekOrAdd(client, bucket); ok {
		return known
	}
	return bucket
}

// Budget is what a client has left of a class.
type Budget struct {
	Class Class
	Rate
	// Left is the number of requests that may come now, Reset the time until all may.
	Left  int
	Reset time.Duration
}

// Take counts a request of the client. The budget is nil for a class without a limit. Error:
// Limited if none is left.
func (r *Rates) Take(class Class, client string) (*Budget, error) { return r.take(class, client, 1) }

// Look is Take, without counting.
func (r *Rates) Look(class Class, client string) (*Budget, error) { return r.take(class, client, 0) }

func (r *Rates) take(class Class, client string, n int) (*Budget, error) {
	if r == nil || r.classes[class] == nil {
		return nil, nil
	}
	c := r.classes[class]
	bucket, now := c.bucket(client), time.Now()
	ok := bucket.AllowN(now, n)
	tokens := bucket.TokensAt(now)
	budget := &Budget{Class: class, Rate: c.Rate, Left: max(0, int(math.Floor(tokens)))}
	budget.Reset = time.Duration((float64(c.Requests) - tokens) / float64(c.Requests) * float64(c.Per))
	if ok && (n > 0 || budget.Left > 0) {
		return budget, nil
	}
	wait := time.Duration((1 - tokens) / float64(c.Requests) * float64(c.Per))
	return budget, domain.LimitedFor(wait, fmt.Sprintf("Too many requests of yours are %s: %d are allowed in %s. Wait, and send fewer",
		class, c.Requests, c.Per), nil)
}

// Policy is the budget's part of the header RateLimit-Policy (draft-ietf-httpapi-ratelimit-headers).
func (b Budget) Policy() string {
	return fmt.Sprintf("%q;q=%d;w=%d", string(b.Class), b.Requests, int(math.Ceil(b.Per.Seconds())))
}

// State is the budget's part of the header RateLimit.
func (b Budget) State() string {
	return fmt.Sprintf("%q;r=%d;t=%d", string(b.Class), b.Left, int(math.Ceil(b.Reset.Seconds())))
}
