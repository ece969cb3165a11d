package references

import (
	"context"
	"embed"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/core/domain"
)

//go:embed sql/*.sql
var files embed.FS

var (
	statements  = session.LoadStatements(files)
	readVersion = statements.Text("read_version")
)

// Version returns the version of the entities that results refer to. It is nil if nothing is
// cached: in a unit of work, which may undo what it sees, and in snapshots of PostgreSQL.
func Version(ctx context.Context, s session.Session) (*int64, error) {
	var version int64
	var err error
	switch bulk := s.BulkResults(); {
	case bulk != nil:
		version, err = bulk.ReferenceVersion(ctx)
	case s.InUnitOfWork() || s.Dialect.BulkResults != nil:
		return nil, nil
	default:
		err = s.Query(ctx).Statement.ConnPool.QueryRowContext(ctx, readVersion).Scan(&version)
	}
	return &version, s.Failed(ctx, err, "read the version of what results refer to")
}

// IDs are those of entities that results refer to.
type IDs struct{ Benchmarks, Sites, Flavors, Tags []uuid.UUID }

// Found are the entities that exist, by their IDs.
type Found struct {
	Benchmarks map[uuid.UUID]*domain.Benchmark
	Sites      map[uuid.UUID]*domain.Site
	Flavors    map[uuid.UUID]*domain.Flavor
	Tags       map[uuid.UUID]*domain.Tag
}

// Find returns those of the entities that exist at the version. A nil version is the
// state that the session sees.
func (c *Cache) Find(ctx context.Context, s session.Session, version *int64, ids IDs) (found Found, err error) {
	if found.Benchmarks, err = c.Benchmarks.Find(ctx, s, version, ids.Benchmarks); err != nil {
		return found, err
	}
	if found.Sites, err = c.Sites.Find(ctx, s, version, ids.Sites); err != nil {
		return found, err
	}
	if found.Flavors, err = c.Flavors.Find(ctx, s, version, ids.Flavors); err != nil {
		return found, err
	}
	found.Tags, err = c.Tags.Find(ctx, s, version, ids.Tags)
	return found, err
}
