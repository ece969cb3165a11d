package gormdb_test

import (
	"maps"
	"testing"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
)

// TestResultsAreCountedByState: rows of the earlier program, which know nothing of
// removed, included.
func TestResultsAreCountedByState(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		expect := func(when string, want map[string]float64) {
			t.Helper()
			if got, err := store.CountResults(t.Context()); err != nil || !maps.Equal(got, want) {
				t.Errorf("%s: got %v, %v, want %v", when, got, err, want)
			}
		}
		expect("empty", map[string]float64{"visible": 0, "claimed": 0, "deleted": 0})
		storetest.ExecuteAll(t, store, somebody,
			`INSERT INTO benchmark (id, uploader_sub, uploader_iss, upload_datetime, docker_image, docker_tag, json_schema, url) VALUES ('10000000-0000-0000-0000-000000000000', 'sub', 'iss', '2021-01-01', 'i', 't', '{}', 'u')`,
			`INSERT INTO site (id, uploader_sub, uploader_iss, upload_datetime, name, address) VALUES ('20000000-0000-0000-0000-000000000000', 'sub', 'iss', '2021-01-01', 'n', 'a')`,
			`INSERT INTO flavor (id, uploader_sub, uploader_iss, upload_datetime, name, site_id) VALUES ('30000000-0000-0000-0000-000000000000', 'sub', 'iss', '2021-01-01', 'n', '20000000-0000-0000-0000-000000000000')`,
			`INSERT INTO claim (id, uploader_sub, uploader_iss, upload_datetime, message, resource_type) VALUES ('40000000-0000-0000-0000-000000000000', 'sub', 'iss', '2021-01-01', 'm', 'result')`)
		const claim = `'40000000-0000-0000-0000-000000000000'`
		for i, row := range []string{
			"false, NULL, NULL", "false, false, NULL", "false, false, NULL", // visible
			"true, false, " + claim, "true, NULL, " + claim, // claimed
			"true, true, NULL", "true, true, " + claim, "true, NULL, NULL", "true, NULL, NULL", // deleted
		} {
			storetest.ExecuteAll(t, store, `INSERT INTO result (id, uploader_sub, uploader_iss, upload_datetime, json, execution_datetime, benchmark_id, site_id, flavor_id, deleted, removed, _claim_report_id)
				VALUES ('50000000-0000-0000-0000-00000000000`+string(rune('0'+i))+`', 'sub', 'iss', '2021-01-01', '{}', '2021-01-01', '10000000-0000-0000-0000-000000000000',
				'20000000-0000-0000-0000-000000000000', '30000000-0000-0000-0000-000000000000', `+row+`)`)
		}
		expect("all kinds", map[string]float64{"visible": 3, "claimed": 2, "deleted": 4})
		if err := store.Close(); err != nil {
			t.Fatal(err)
		}
		_, err := store.CountResults(t.Context())
		storetest.WantUnavailable(t, "closed", err)
	})
}
