package gormdb

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

const (
	// maxJoint bounds the results that are added together.
	maxJoint = 32
	// jointTransactions is the number of transactions of one person's uploads at once, unless the
	// database has one writer: while one waits for the disk, another works.
	jointTransactions = 2
	// jointTimeout bounds the transaction that adds them: it does not end when one of the
	// requests does.
	jointTimeout = 10 * time.Second
)

// joint lets uploads of one person that come at the same time share a transaction. An upload
// that finds less than most transactions of the person under way begins at once, alone. Others
// wait until one of these has ended, and are then added together. So nobody waits for others to
// come, and nobody for the uploads of another person.
type joint struct {
	most int

	mutex sync.Mutex
	lines map[domain.UserID]*line
}

// line is the uploads of one person: how many transactions are under way, and what waits.
type line struct {
	running int
	waiting []*joining
}

func newJoint(most int) *joint { return &joint{most: most, lines: map[domain.UserID]*line{}} }

// joining is an upload that waits to be added.
type joining struct {
	result *domain.Result
	event  domain.Event
	// use is the use of a quota, nil for none.
	use *ports.Use
	// lead gets the group that this upload adds, itself first; or done gets the outcome.
	lead chan []*joining
	done chan error
}

// errAlone says that the upload was not added together with others, and has to be added alone.
var errAlone = errors.New("the upload was not added with others")

// fits tells whether two uploads can share a transaction: their events have the same actor, and
// their quotas are counted together.
func (j *joining) fits(other *joining) bool {
	if j.event.Role != other.event.Role || j.event.Action != other.event.Action ||
		(j.use == nil) != (other.use == nil) {
		return false
	}
	return j.use == nil || j.use.Kind == other.use.Kind && j.use.Day == other.use.Day && j.use.Limit == other.use.Limit
}

// add adds an upload: alone, or by together, which gets the group in the order of digests and
// returns an error for each. An error of the whole lets each of the group be added alone.
func (t *joint) add(
	ctx context.Context, upload *joining, alone func() error, together func(context.Context, []*joining) ([]error, error),
) error {
	upload.lead, upload.done = make(chan []*joining, 1), make(chan error, 1)
	group, err := t.enter(ctx, upload)
	switch {
	case len(group) == 1:
		defer t.leave(upload.result.Uploader)
		return alone()
	case len(group) > 1:
		err = t.leadGroup(ctx, upload, group, together)
	}
	if errors.Is(err, errAlone) {
		return alone()
	}
	return err
}

// enter returns the group that the upload leads; or none, and the outcome of the upload.
func (t *joint) enter(ctx context.Context, upload *joining) ([]*joining, error) {
	if t.begin(upload) {
		return []*joining{upload}, nil
	}
	select {
	case group := <-upload.lead:
		return group, nil
	case err := <-upload.done:
		return nil, err
	case <-ctx.Done():
	}
	if t.forget(upload) {
		return nil, ctx.Err()
	}
	// It is part of a group by now.
	select {
	case group := <-upload.lead:
		return group, nil
	case err := <-upload.done:
		return nil, err
	}
}

// begin tells whether the upload may begin at once; else it waits.
func (t *joint) begin(upload *joining) bool {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	l := t.lines[upload.result.Uploader]
	if l == nil {
		l = &line{}
		t.lines[upload.result.Uploader] = l
	}
	if l.running < t.most {
		l.running++
		return true
	}
	l.waiting = append(l.waiting, upload)
	return false
}

// forget removes an upload that waits, and tells whether it waited.
func (t *joint) forget(upload *joining) bool {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	l := t.lines[upload.result.Uploader]
	if l == nil {
		return false
	}
	at := slices.Index(l.waiting, upload)
	if at < 0 {
		return false
	}
	l.waiting = slices.Delete(l.waiting, at, at+1)
	return true
}

// leave ends a transaction of a person: the next group begins, if uploads wait.
func (t *joint) leave(uploader domain.UserID) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	l := t.lines[uploader]
	if len(l.waiting) == 0 {
		l.running--
		if l.running == 0 {
			delete(t.lines, uploader)
		}
		return
	}
	first := l.waiting[0]
	var group, rest []*joining
	for _, upload := range l.waiting {
		if len(group) < maxJoint && upload.fits(first) {
			group = append(group, upload)
		} else {
			rest = append(rest, upload)
		}
	}
	l.waiting = rest
	first.lead <- group
}

// leadGroup adds the group, and tells the others of it their outcomes.
func (t *joint) leadGroup(
	ctx context.Context, leader *joining, group []*joining, together func(context.Context, []*joining) ([]error, error),
) error {
	outcomes := make([]error, len(group))
	for i := range outcomes {
		outcomes[i] = errAlone // also if together panics
	}
	sorted := slices.SortedStableFunc(slices.Values(group), func(a, b *joining) int {
		return cmp.Compare(a.result.Digest, b.result.Digest)
	})
	own := errAlone
	defer func() {
		for i, upload := range sorted {
			if upload != leader {
				upload.done <- outcomes[i]
			}
		}
		t.leave(leader.result.Uploader)
	}()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), jointTimeout)
	defer cancel()
	if found, err := together(ctx, sorted); err == nil {
		outcomes = found
		own = outcomes[slices.Index(sorted, leader)]
	}
	return own
}

// errHeld is the cause of the error of an upload whose digest another result holds.
var errHeld = errors.New("another result of the uploader holds the digest")

// addTogether adds results of one person in one transaction.
func (r results) addTogether(ctx context.Context, group []*joining) ([]error, error) {
	list, events := make([]*domain.Result, len(group)), make([]domain.Event, len(group))
	for i, upload := range group {
		list[i], events[i] = upload.result, upload.event
	}
	var held map[string]ports.HeldDigest
	var err error
	if use := group[0].use; use == nil {
		held, err = r.AddAll(ctx, list, events...)
	} else {
		held, err = r.AddAllCounted(ctx, list, events, *use)
	}
	if err != nil {
		return nil, err
	}
	outcomes := make([]error, len(group))
	for i, result := range list {
		if held[result.Digest].ID != result.ID {
			outcomes[i] = &ports.DuplicateError{Cause: errHeld}
		}
	}
	return outcomes, nil
}
