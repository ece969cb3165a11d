package service

import (
	"context"
	"errors"
	"slices"
	"time"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

const (
	// keyLife is how long a repetition of a keyed request gets the first answer.
	keyLife = 24 * time.Hour
	// keptBody is the largest body of an answer that is kept, in bytes.
	keptBody = 1 << 20
	// keptOnADay is how much of answers is kept for one person of one day (UTC), in KiB; keptKind
	// is its name in the storage.
	keptOnADay = 64 << 10
	keptKind   = "kept_answers"
)

// Requests answers repeated requests with the first answer, by the key that the client gave
// them (the IETF's draft-ietf-httpapi-idempotency-key-header).
type Requests struct {
	storage ports.Storage
	clock   ports.Clock
}

var (
	errAnswerGone = domain.Conflictf("The request with this Idempotency-Key was answered, but the answer was too long to be kept, " +
		"or too much is kept for you")
	// errRefused undoes a unit of work whose request gets an error as its answer.
	errRefused = errors.New("the request was refused")
	// errNotKept undoes a unit of work that would keep the answer to a refused request.
	errNotKept = errors.New("the answer is not kept")
)

// kept are the statuses of errors that are answers: a repetition gets them, too. After any
// other error the repetition is a new request.
var kept = []int{400, 404, 409, 413, 415, 422}

// Once answers a request of the caller once, by work: in one unit of work with everything that
// work does in units of work. A repetition within 24 hours gets the first answer, also from
// another server; while the first is being answered, it waits. Errors: Invalid if the key
// was used for another request; Conflict if the first answer was not kept. If such an
// answer has a Location, a repetition gets it without a body (nil): the caller reads what is there.
func (s *Requests) Once(
	ctx context.Context, caller domain.Caller, key, fingerprint string, work func(context.Context) ports.KeyedAnswer,
) (ports.KeyedAnswer, error) {
	request := ports.KeyedRequest{Key: key, Fingerprint: fingerprint, By: caller.Identity().UserID, At: s.clock.Now()}
	if answer, err := s.first(ctx, request); !errors.Is(err, ports.ErrNotFound) {
		return answer, err
	}
	var answer ports.KeyedAnswer
	repeated := false
	claim := func(ctx context.Context, r ports.Repos) error {
		ok, err := r.Keys.Claim(ctx, request, request.At.Add(-keyLife))
		if repeated = err == nil && !ok; repeated {
			return domain.ErrRepeated
		}
		return err
	}
	finish := func(ctx context.Context, r ports.Repos) error { return s.keep(ctx, r, request, answer) }
	err := s.storage.DoOnce(ctx, ports.Once{Claim: claim, Finish: finish, Work: func(once context.Context) error {
		answer = work(withOutside(once, ctx))
		if repeated || answer.Status >= 400 {
			return errRefused
		}
		return nil
	}})
	if errors.Is(err, errRefused) && !repeated {
		if !slices.Contains(kept, answer.Status) {
			return answer, nil
		}
		err = s.storage.DoOnce(ctx, ports.Once{Claim: claim, Finish: finish, Work: func(context.Context) error { return nil }})
		if errors.Is(err, errNotKept) {
			return answer, nil // a repetition is a new request, and is refused again
		}
	}
	if repeated {
		first, err := s.first(ctx, request)
		if errors.Is(err, ports.ErrNotFound) { // it has just expired
			err = domain.ErrRepeated
		}
		return first, err
	}
	return answer, err
}

// first returns the answer to the first request with the key. Error: ports.ErrNotFound if
// this is the first.
func (s *Requests) first(ctx context.Context, request ports.KeyedRequest) (ports.KeyedAnswer, error) {
	first, answer, err := s.storage.Repos().Keys.Get(ctx, request.Key, request.At.Add(-keyLife))
	switch {
	case err != nil:
		return answer, err
	case first.Fingerprint != request.Fingerprint || first.By != request.By:
		return answer, domain.ErrKeyTaken
	case answer.Body == nil && answer.Location == "":
		return answer, errAnswerGone
	}
	return answer, nil
}

// keep stores the answer, without its body if that is too long, or if too much is kept for the
// person. Then what the change made is found at its Location, and a refusal is not kept: errNotKept.
func (s *Requests) keep(ctx context.Context, r ports.Repos, request ports.KeyedRequest, answer ports.KeyedAnswer) error {
	const kibi = 1 << 10
	if len(answer.Body) > keptBody {
		answer.Body = nil
	}
	if len(answer.Body) > 0 {
		ok, err := r.DailyUse.Add(ctx, ports.Use{
			By: request.By, Kind: keptKind, Day: request.At.UTC().Format(time.DateOnly), N: 1 + len(answer.Body)/kibi, Limit: keptOnADay,
		})
		switch {
		case err != nil:
			return err
		case !ok && answer.Status >= 400:
			return errNotKept
		case !ok:
			answer.Body = nil
		}
	}
	return r.Keys.SetAnswer(ctx, request.Key, answer)
}

// Tidy removes the answers that no repetition gets any more.
func (s *Requests) Tidy(ctx context.Context) error {
	if err := s.storage.Repos().DailyUse.RemoveBefore(ctx, s.clock.Now().UTC().Format(time.DateOnly)); err != nil {
		return err
	}
	_, err := s.storage.Repos().Keys.RemoveBefore(ctx, s.clock.Now().Add(-keyLife))
	return err
}

type outsideKey struct{}

// withOutside returns a context that knows the context outside of the unit of work.
func withOutside(ctx, outside context.Context) context.Context {
	return context.WithValue(ctx, outsideKey{}, outside)
}

// outsideOf returns a context whose units of work end on their own, also within Once.
func outsideOf(ctx context.Context) context.Context {
	if outside, ok := ctx.Value(outsideKey{}).(context.Context); ok {
		return outside
	}
	return ctx
}
