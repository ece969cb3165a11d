package tables

import (
	"database/sql/driver"
	"encoding/json"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/schema"

	"github.com/eosc-perf/backend/core/domain"
)

// Metrics are the metrics that users declared for a benchmark, as a JSON array.
type Metrics []storedMetric

type storedMetric struct {
	Path        string        `json:"path"`
	Name        string        `json:"name,omitempty"`
	Unit        string        `json:"unit,omitempty"`
	Better      domain.Better `json:"better"`
	Materiality float64       `json:"materiality"`
	Samples     string        `json:"samples,omitempty"`
	Separator   string        `json:"separator,omitempty"`
	Resource    string        `json:"resource,omitempty"`
	Label       string        `json:"label,omitempty"`
	Default     bool          `json:"default,omitempty"`
}

// NewMetrics converts metrics; nil for none.
func NewMetrics(metrics []domain.Metric) *Metrics {
	if len(metrics) == 0 {
		return nil
	}
	stored := make(Metrics, len(metrics))
	for i, m := range metrics {
		stored[i] = storedMetric{
			Path: m.Path, Name: m.Name, Unit: m.Unit, Better: m.Better, Materiality: m.Materiality, Samples: m.Samples,
			Separator: m.Separator, Resource: m.Resource, Label: m.Label, Default: m.Default,
		}
	}
	return &stored
}

// Entity converts the metrics.
func (m *Metrics) Entity() []domain.Metric {
	if m == nil {
		return nil
	}
	metrics := make([]domain.Metric, len(*m))
	for i, s := range *m {
		metrics[i] = domain.Metric{
			Path: s.Path, Name: s.Name, Unit: s.Unit, Better: s.Better, Materiality: s.Materiality, Samples: s.Samples,
			Separator: s.Separator, Resource: s.Resource, Label: s.Label, Default: s.Default, Source: domain.DeclaredMetric,
		}
	}
	return metrics
}

// Value implements driver.Valuer.
func (m Metrics) Value() (driver.Value, error) {
	text, err := json.Marshal([]storedMetric(m))
	return string(text), err
}

// Scan implements sql.Scanner. A text that is no list of metrics is read as none; `admin check` names
// its row.
func (m *Metrics) Scan(value any) error {
	var text Document
	if err := text.Scan(value); err != nil {
		return err
	}
	*m, _ = parseMetrics(text)
	return nil
}

// CheckMetrics returns an error for a text that is no list of metrics.
func CheckMetrics(text string) error {
	_, err := parseMetrics([]byte(text))
	return err
}

func parseMetrics(text []byte) (m Metrics, err error) {
	if err := json.Unmarshal(text, (*[]storedMetric)(&m)); err != nil {
		return nil, fmt.Errorf("read declared metrics: %w", err)
	}
	return m, nil
}

// GormDBDataType names the type in the database.
func (Metrics) GormDBDataType(db *gorm.DB, _ *schema.Field) string { return typeIn(db, "json") }
