package postgres_test

import (
	"strings"
	"testing"

	"gorm.io/gorm"

	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
)

// A schema that refers to itself is visited up to a thousand times. That takes no copy of the
// schema for each visit.
func TestSchemasThatReferToThemselvesCostLittleMemory(t *testing.T) {
	store := storetest.Postgres(t)
	schema := `{"description":"` + strings.Repeat("x", 900_000) + `","properties":{"a":{"$ref":"#"},"b":{"type":"number"}}}`
	err := store.DB().Transaction(func(tx *gorm.DB) error {
		var before, after, paths int
		const peak = `SELECT CAST(substring(pg_read_file('/proc/self/status') FROM 'VmHWM:\s*([0-9]+)') AS integer) / 1024`
		for _, err := range []error{
			tx.Raw("SELECT count(*) FROM result_leaf_wanted(CAST(? AS json), '[]')", `{"properties":{"a":{}}}`).Scan(&paths).Error,
			tx.Raw(peak).Scan(&before).Error,
			tx.Raw("SELECT count(*) FROM result_leaf_wanted(CAST(? AS json), '[]')", schema).Scan(&paths).Error,
			tx.Raw(peak).Scan(&after).Error,
		} {
			if err != nil {
				return err
			}
		}
		if after-before > 100 || paths != 100 {
			t.Errorf("%d paths took %d MiB, want 100 paths and less than 100 MiB", paths, after-before)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}
