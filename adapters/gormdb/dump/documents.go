package dump

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// documents calls each with every result of a benchmark, or of all benchmarks if the id
// is nil. ErrNotFound if there is no such benchmark.
func (s *snapshot) documents(ctx context.Context, benchmarkID *uuid.UUID, each func(domain.StoredResult) error) error {
	schemas, err := s.benchmarkSchemas(ctx, benchmarkID)
	if err != nil {
		return err
	}
	return s.Rows(ctx, "result", func(row []byte) error {
		var result struct {
			ID          uuid.UUID `json:"id"`
			BenchmarkID uuid.UUID `json:"benchmark_id"`
			JSON        string    `json:"json"`
		}
		if err := json.Unmarshal(row, &result); err != nil {
			return fmt.Errorf("read a row of table result: %w", err)
		}
		schema, wanted := schemas[result.BenchmarkID]
		if !wanted {
			return nil
		}
		return each(domain.StoredResult{ID: result.ID, BenchmarkID: result.BenchmarkID, Schema: schema, JSON: json.RawMessage(result.JSON)})
	})
}

// benchmarkSchemas returns the JSON Schemas of the benchmark, or of all if the id is nil.
func (s *snapshot) benchmarkSchemas(ctx context.Context, benchmarkID *uuid.UUID) (map[uuid.UUID]json.RawMessage, error) {
	schemas := map[uuid.UUID]json.RawMessage{}
	err := s.Rows(ctx, "benchmark", func(row []byte) error {
		var benchmark struct {
			ID     uuid.UUID `json:"id"`
			Schema string    `json:"json_schema"`
		}
		if err := json.Unmarshal(row, &benchmark); err != nil {
			return fmt.Errorf("read a row of table benchmark: %w", err)
		}
		if benchmarkID == nil || *benchmarkID == benchmark.ID {
			schemas[benchmark.ID] = json.RawMessage(benchmark.Schema)
		}
		return nil
	})
	if err == nil && benchmarkID != nil && len(schemas) == 0 {
		err = ports.ErrNotFound
	}
	return schemas, err
}
