package api_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/eosc-perf/backend/tests/harness"
)

// Two groups of more than 200,000 results together are compared by a regular part of them, and both answers say so.
// Uploads would take too long here: the rows, and what triggers derive of them for comparisons, are made by statements.
func TestComparisonsOfVeryLargeGroupsSayThatTheyAreThinned(t *testing.T) {
	t.Parallel()
	settings := harness.Postgres(t)
	s := harness.Start(t, settings)
	w := newBench(t, s, "large")
	tx, err := harness.OpenSQL(t, settings).BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, statement := range []string{
		`SET LOCAL session_replication_role = replica`,
		`WITH one AS MATERIALIZED (
				SELECT DISTINCT ON (flavor_id) r FROM result AS r WHERE flavor_id IN ('` + w.a + `', '` + w.b + `') ORDER BY flavor_id, id
			) INSERT INTO result SELECT made.* FROM one, generate_series(1, 100020) AS n, LATERAL jsonb_populate_record(r, jsonb_build_object(
				'id', gen_random_uuid(), 'digest', NULL, 'json', jsonb_build_object('t', 100 + n * 7919 % 1009, 'cores', 4, 'cpu', 'x'))) AS made`,
		`INSERT INTO result_metric SELECT metric, result_id, site_id, flavor_id, uploader_sub, uploader_iss, upload_datetime,
			execution_datetime, whole, value, samples, resource, label, image_digest FROM result_metric_derived
			WHERE NOT deleted ON CONFLICT DO NOTHING`,
	} {
		if _, err := tx.ExecContext(t.Context(), statement); err != nil {
			t.Fatalf("%.40s: %v", statement, err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	answer := w.ask("compare", "").Want(t, 200)
	groups := answer.Items(t)
	if len(groups) != 2 || groups[0]["n"] != 100026.0 || groups[1]["n"] != 100026.0 {
		t.Fatalf("got %.2000s", answer.Body)
	}
	for _, group := range groups {
		want := `"code":"thinned","message":"The groups are very large: ` +
			`the comparison takes 50013 of 100026 results, evenly in the order of their ids."`
		if text := harness.AsJSON(t, group["warnings"]); !strings.Contains(text, want) {
			t.Errorf("the warnings of %v are %s", group["key"], text)
		}
	}
	if text := harness.AsJSON(t, answer.Object(t)["warnings"]); !strings.Contains(text, `"code":"thinned"`) {
		t.Errorf("the warnings of the answer are %s", text)
	}
	csv := w.ask("compare", "&format=csv").Want(t, 200)
	for _, group := range groups {
		if median := fmt.Sprint(group["median"]); !strings.Contains(csv.Body, ","+median+",") || strings.Count(csv.Body, "thinned") != 2 {
			t.Errorf("the table does not have the median %s, or not the warnings:\n%s", median, csv.Body)
		}
	}
	// 200,000 results and less are compared whole.
	half := w.ask("compare", "&flavor_id="+w.a).Want(t, 200)
	if strings.Contains(half.Body, "thinned") {
		t.Errorf("a part of the results is thinned: %.2000s", half.Body)
	}
}
