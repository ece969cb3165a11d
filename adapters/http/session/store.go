package session

import (
	"context"
	"errors"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// store implements scs.CtxStore and scs.HashedStore on the sessions of the core, for the
// request whose visit the context has. It gets hashes of tokens, never tokens.
type store struct{ manager *Manager }

var errWithoutContext = errors.New("sessions are stored for requests only")

// Find implements scs.Store. The library calls FindCtx instead.
func (store) Find(string) ([]byte, bool, error) { return nil, false, errWithoutContext }

// Commit implements scs.Store. The library calls CommitCtx instead.
func (store) Commit(string, []byte, time.Time) error { return errWithoutContext }

// Delete implements scs.Store. The library calls DeleteCtx instead.
func (store) Delete(string) error { return errWithoutContext }

// FindCtx implements scs.CtxStore.
func (s store) FindCtx(ctx context.Context, hash string) ([]byte, bool, error) {
	v := visitOf(ctx)
	row, err := s.manager.browsers.Find(ctx, hash)
	if errors.Is(err, ports.ErrNotFound) {
		v.lost = true
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	data, err := s.manager.data.Open(row.Data, row.ID.String())
	if err != nil {
		s.manager.log.WarnContext(ctx, "a session cannot be opened: SECRET_KEY has changed", "session", row.ID)
		v.lost = true
		return nil, false, nil //nolint:nilerr // the session has ended
	}
	v.row = row
	return data, true, nil
}

// CommitCtx implements scs.CtxStore. A session that is stored already keeps its end.
func (s store) CommitCtx(ctx context.Context, hash string, data []byte, _ time.Time) error {
	v := visitOf(ctx)
	if v.row == nil {
		row := &domain.Session{Hash: hash, ID: uuid.New()}
		row.Data = s.manager.data.Seal(data, row.ID.String())
		if err := v.add(ctx, row); err != nil {
			return err
		}
		v.row = row
		return nil
	}
	before := v.row.Hash
	after := *v.row
	after.Hash, after.Data = hash, s.manager.data.Seal(data, after.ID.String())
	if err := s.manager.browsers.Replace(ctx, before, &after); err != nil {
		return err
	}
	v.row = &after
	return nil
}

// DeleteCtx implements scs.CtxStore. The library calls it before a token is renewed, too; then
// the row stays, and the commit changes its hash.
func (s store) DeleteCtx(ctx context.Context, _ string) error {
	v := visitOf(ctx)
	if v.renewing || v.row == nil {
		return nil
	}
	return v.end(ctx, v.row)
}
