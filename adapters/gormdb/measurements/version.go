package measurements

import (
	"context"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/ports"
)

var (
	readVersion      = statements.Text("read_version")
	readVersionOfAll = statements.Text("read_version_of_all")
)

// Version implements ports.Measurements by what triggers count.
func (r Reader) Version(ctx context.Context, benchmarkIDs []uuid.UUID) (version ports.DataVersion, err error) {
	statement := r.Query(ctx).Raw(readVersion, map[string]any{"benchmarks": benchmarkIDs})
	if len(benchmarkIDs) == 0 {
		statement = r.Query(ctx).Raw(readVersionOfAll)
	}
	err = statement.Scan(&version).Error
	return version, r.Failed(ctx, err, "read the version of results")
}
