package migrations

import (
	"slices"
	"strings"
	"testing"

	"gorm.io/gorm"
)

const (
	oldClaim, lostClaim = "11111111-0000-0000-0000-000000000001", "11111111-0000-0000-0000-000000000002"
	otherResult         = "99999999-2222-3333-4444-555555555555"
)

func insertClaim(t *testing.T, db *gorm.DB, id string) {
	t.Helper()
	execute(t, db, `INSERT INTO claim (id, uploader_sub, uploader_iss, upload_datetime, message, resource_type)
		VALUES ('`+id+`', 'sub', 'iss', '2021-05-21 08:31:00.500000', 'wrong', 'result')`)
}

// leaveClaims leaves a claim that two results name, which nobody should, and one
// that none does.
func leaveClaims(t *testing.T, db *gorm.DB) {
	t.Helper()
	insertBenchmark(t, db)
	insertResult(t, db)
	insertClaim(t, db, oldClaim)
	insertClaim(t, db, lostClaim)
	execute(t, db, `INSERT INTO result (
			deleted, id, uploader_sub, uploader_iss, upload_datetime, json, execution_datetime, benchmark_id, flavor_id, site_id)
		SELECT true, '`+otherResult+`', uploader_sub, uploader_iss, upload_datetime, json, execution_datetime, benchmark_id, flavor_id, `+
		`site_id FROM result`)
	execute(t, db, `UPDATE result SET deleted = true, _claim_report_id = '`+oldClaim+`'`)
}

func TestOldClaimsGetTheirResult(t *testing.T) {
	eachDialect(t, func(t *testing.T, s server) {
		db, revisions := s.open(t), load(t, s.dialect)
		upgrade(t, db, revisions[:4])
		leaveClaims(t, db)
		for range 2 {
			upgrade(t, db, revisions)
			got := query[string](t, db, "SELECT id || ' ' || coalesce(CAST(result_id AS text), 'none') FROM claim ORDER BY id")
			if want := []string{oldClaim + " " + testID, lostClaim + " none"}; !slices.Equal(got, want) {
				t.Errorf("claims and their results %v, want %v", got, want)
			}
			const claimed = "SELECT count(*) FROM result WHERE deleted AND removed IS NULL AND _claim_report_id IS NOT NULL"
			if got := query[int](t, db, claimed); got[0] != 2 {
				t.Errorf("%d results are as they were, want both", got[0])
			}
			if undone, err := schemaOf(db, revisions).Downgrade(t.Context(), atomsRevision, Options{}); err != nil {
				t.Fatalf("downgrade: %v (undid %v)", err, undone)
			}
		}
	})
}

// A claim's result may go, or be restored later in the same transaction.
func TestResultOfAClaimMayGo(t *testing.T) {
	eachDialect(t, func(t *testing.T, s server) {
		db := s.open(t)
		upgrade(t, db, load(t, s.dialect))
		leaveClaims(t, db)
		execute(t, db, `UPDATE result SET _claim_report_id = NULL`)
		if err := db.Transaction(func(tx *gorm.DB) error {
			execute(t, tx, `UPDATE claim SET result_id = '99999999-0000-0000-0000-000000000000'`)
			execute(t, tx, `UPDATE result SET id = '99999999-0000-0000-0000-000000000000' WHERE id = '`+otherResult+`'`)
			return nil
		}); err != nil {
			t.Errorf("the claim before its result: %v", err)
		}
		execute(t, db, `DELETE FROM result`)
		if got := query[int](t, db, "SELECT count(*) FROM claim WHERE result_id IS NULL"); got[0] != 2 {
			t.Errorf("%d claims are without result, want both", got[0])
		}
		if err := db.Exec(`UPDATE claim SET result_id = '` + otherResult + `'`).Error; err == nil {
			t.Error("a claim could name a result that does not exist, want an error")
		}
	})
}

func TestForeignKeyOfClaimsIsValidated(t *testing.T) {
	db := newServer(t, postgres).open(t)
	upgrade(t, db, load(t, postgres))
	got := query[string](t, db, "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conname = 'claim_result_id_fkey'")
	const want = "FOREIGN KEY (result_id) REFERENCES result(id) ON DELETE SET NULL DEFERRABLE INITIALLY DEFERRED"
	if strings.Join(got, "") != want {
		t.Errorf("the foreign key is %q, want %q", got, want)
	}
}
