package service

import (
	"context"
	"log/slog"
	"strconv"
	"sync"
	"time"

	"github.com/eosc-perf/backend/core/audit"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

const (
	// refusalsEvery is how often the counts of refused logins become events.
	refusalsEvery = time.Minute
	// mostRefused bounds the clients, and the requests, that are told apart within a minute.
	mostRefused = 1000
	// otherClients is the address of the clients beyond mostRefused.
	otherClients = "others"
)

// RefusedLogin is the action of events about tokens and logins that were refused.
const RefusedLogin = "RefusedLogin"

// Refusals note what was refused in the audit trail: each request of administration once in a
// minute, and how many logins of a client there were in a minute.
type Refusals struct {
	storage ports.Storage
	clock   ports.Clock

	mutex    sync.Mutex
	requests map[string]bool
	logins   map[string]int
}

func newRefusals(storage ports.Storage, clock ports.Clock) *Refusals {
	return &Refusals{storage: storage, clock: clock, requests: map[string]bool{}, logins: map[string]int{}}
}

// Administration notes that a person asked for an operation that is for administrators, and
// was refused.
func (s *Refusals) Administration(ctx context.Context, caller domain.Caller, operation domain.Operation) error {
	who := caller.Identity().UserID
	if operation.Right != domain.Admin || who.Subject == "" || !s.isNew(who, operation) {
		return nil
	}
	return s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		return ports.Record(ctx, r, domain.Event{
			At: s.clock.Now(), Role: domain.UploaderRole, Actor: &who, Action: operation.ID, Resource: domain.UserResource,
			Reason: "refused: " + caller.May(operation).Error(),
		})
	})
}

func (s *Refusals) isNew(who domain.UserID, operation domain.Operation) bool {
	key := operation.ID + " " + who.Issuer + " " + who.Subject
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if s.requests[key] || len(s.requests) >= mostRefused {
		return false
	}
	s.requests[key] = true
	return true
}

// Login counts a token or a login that was refused, for the address of the request.
func (s *Refusals) Login(ctx context.Context) {
	address := ports.OriginOf(ctx).Address
	s.mutex.Lock()
	defer s.mutex.Unlock()
	if _, known := s.logins[address]; !known && len(s.logins) >= mostRefused {
		address = otherClients
	}
	s.logins[address]++
}

// Run makes events of the counts of each minute, until the context ends.
func (s *Refusals) Run(ctx context.Context, log *slog.Logger) {
	for ctx.Err() == nil {
		sleep(ctx, refusalsEvery)
		// Also the last minute of a server that stops is noted.
		if err := s.Note(context.WithoutCancel(ctx)); err != nil {
			log.WarnContext(ctx, "refused logins are not in the audit trail", "error", err)
		}
	}
}

// Note makes events of the counts.
func (s *Refusals) Note(ctx context.Context) error {
	s.mutex.Lock()
	logins := s.logins
	s.logins, s.requests = map[string]int{}, map[string]bool{}
	s.mutex.Unlock()
	if len(logins) == 0 {
		return nil
	}
	return s.storage.Do(ctx, func(ctx context.Context, r ports.Repos) error {
		for address, count := range logins {
			event := domain.Event{
				At: s.clock.Now(), Role: domain.SystemRole, Action: RefusedLogin, Resource: domain.UserResource,
				Changes: audit.Changed(audit.Fields{}, audit.Fields{"refused": strconv.Itoa(count)}),
			}
			if err := ports.Record(ports.WithOrigin(ctx, ports.Origin{Address: address}), r, event); err != nil {
				return err
			}
		}
		return nil
	})
}
