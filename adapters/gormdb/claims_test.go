package gormdb_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/adapters/gormdb"
	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

func insertClaim(digit, status, submit, result string) string {
	return `INSERT INTO claim (id, uploader_sub, uploader_iss, upload_datetime, status, message, resource_type, _submit_report_id, result_id)
		VALUES ('` + idOf + digit + `', 'sub', 'iss', '2021-05-21 08:31:0` + digit + `', ` + status + `, 'wrong', 'resultclaimreport',
			` + submit + `, ` + result + `)`
}

func nameClaim(result, claim string) string {
	return `UPDATE result SET deleted = true, _claim_report_id = '` + idOf + claim + `' WHERE id = '` + idOf + result + `'`
}

func quoted(digit string) string { return "'" + idOf + digit + "'" }

// insertClaims inserts three results and four claims. Claim 2 has submit 2 and no status.
// Only results name claim 2: results 1 and 2. Claim 3 names result 1, but result 3 names
// claim 3. Nothing tells the result of claim 4. Claim 5 is approved and names result 1.
func insertClaims(t *testing.T, store *gormdb.Store) {
	t.Helper()
	insertReferences(t, store)
	storetest.ExecuteAll(t, store,
		insertResult("1", "false", `'{}'`), insertResult("2", "false", `'{}'`), insertResult("3", "false", `'{}'`),
		insertSubmit("2", "resultclaimreport"), insertSubmit("3", "claim"), insertSubmit("4", "claim"),
		insertClaim("2", "NULL", quoted("2"), "NULL"), insertClaim("3", "'on_review'", quoted("3"), quoted("1")),
		insertClaim("4", "'on_review'", quoted("4"), "NULL"), insertClaim("5", "'approved'", "NULL", quoted("1")),
		nameClaim("1", "2"), nameClaim("2", "2"), nameClaim("3", "3"))
}

var uploader = domain.UserID{Subject: "sub", Issuer: "iss"}

func claimIDs(claims []*domain.Claim) (ids []uuid.UUID) {
	for _, c := range claims {
		ids = append(ids, c.ID)
	}
	return ids
}

func TestClaimsThatOnlyResultsNameAreFound(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		insertClaims(t, store)
		claims := store.Repos().Claims
		list := func(result string, status domain.Status) func() ([]*domain.Claim, error) {
			return func() ([]*domain.Claim, error) {
				q := ports.ClaimQuery{ReviewedOptions: ports.ReviewedOptions{ListOptions: wholeList, Status: status}}
				if result != "" {
					q.ResultID = pointer(numbered(result))
				}
				page, err := claims.List(t.Context(), q)
				if page.Total != len(page.Items) {
					t.Errorf("the claims of result %q are %d of %d", result, len(page.Items), page.Total)
				}
				return page.Items, err
			}
		}
		standing := func(result string) func() ([]*domain.Claim, error) {
			return func() ([]*domain.Claim, error) { return claims.ActiveOf(t.Context(), numbered(result)) }
		}
		for _, c := range []struct {
			name string
			ask  func() ([]*domain.Claim, error)
			want []string
		}{
			{"on review", list("", domain.OnReview), []string{"2", "3", "4"}},
			{"approved", list("", domain.Approved), []string{"5"}},
			{"of result 1 on review", list("1", domain.OnReview), []string{"2", "3"}},
			{"of result 2 on review", list("2", domain.OnReview), nil},
			{"of result 3 on review", list("3", domain.OnReview), nil},
			{"standing on result 1", standing("1"), []string{"2", "3", "5"}},
			{"standing on result 2", standing("2"), nil},
			{"standing on result 3", standing("3"), nil},
			{"open ones of the uploader", func() ([]*domain.Claim, error) {
				open, err := claims.OpenOf(t.Context(), uploader, 100)
				slices.SortFunc(open, func(a, b *domain.Claim) int { return strings.Compare(a.ID.String(), b.ID.String()) })
				return open, err
			}, []string{"2", "3", "4"}},
		} {
			found, err := c.ask()
			var want []uuid.UUID
			for _, digit := range c.want {
				want = append(want, numbered(digit))
			}
			if err != nil || !slices.Equal(claimIDs(found), want) {
				t.Errorf("%s: got %v (%v), want %v", c.name, claimIDs(found), err, want)
			}
		}
		got, err := claims.Get(t.Context(), numbered("2"))
		if err != nil || got.ResultID != numbered("1") || got.Status != domain.OnReview || *got.SubmitID != numbered("2") ||
			got.Uploader.Email != "e@example.org" {
			t.Errorf("claim 2: got %+v (%v), want it on review, of result 1, with its submit and its uploader", got, err)
		}
		if got, err := claims.Get(t.Context(), numbered("4")); err != nil || !got.IsOrphan() || *got.SubmitID != numbered("4") {
			t.Errorf("the claim of no result: got %+v (%v), want an orphan with its submit", got, err)
		}
		// The earlier program adds a claim while this program runs.
		storetest.ExecuteAll(t, store, insertClaim("6", "'on_review'", "NULL", "NULL"), nameClaim("3", "6"))
		found, err := claims.ActiveOf(t.Context(), numbered("3"))
		if want := []uuid.UUID{numbered("6")}; err != nil || !slices.Equal(claimIDs(found), want) {
			t.Errorf("standing on result 3 then: got %v (%v), want %v", claimIDs(found), err, want)
		}
	})
}

func TestClaimsThatOnlyResultsNameAreRemovedWithTheResult(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		insertClaims(t, store)
		// Result 1 gets another flavor: only result 1 is removed.
		storetest.ExecuteAll(t, store, `INSERT INTO flavor (id, uploader_sub, uploader_iss, upload_datetime, name, site_id)
			VALUES (`+quoted("7")+`, 'sub', 'iss', '2021-05-21 08:31:00', 'another', `+quoted("1")+`)`,
			`UPDATE result SET flavor_id = `+quoted("7")+` WHERE id = `+quoted("1"))
		if err := store.Do(t.Context(), func(ctx context.Context, r ports.Repos) error {
			return r.Results.RemoveAll(ctx, ports.ResultMatch{FlavorID: pointer(numbered("7"))})
		}); err != nil {
			t.Fatal(err)
		}
		for query, want := range map[string][]string{
			"SELECT CAST(id AS text) FROM result WHERE deleted AND _claim_report_id IS NULL ORDER BY id": {idOf + "2", idOf + "3"},
			"SELECT CAST(id AS text) FROM result ORDER BY id":                                            {idOf + "2", idOf + "3"},
			"SELECT CAST(id AS text) FROM claim ORDER BY id":                                             {idOf + "4"},
			"SELECT CAST(id AS text) FROM submit ORDER BY id":                                            {idOf + "4"},
		} {
			var got []string
			if err := store.DB().Raw(query).Scan(&got).Error; err != nil || !slices.Equal(got, want) {
				t.Errorf("%s: got %v (%v), want %v", query, got, err, want)
			}
		}
	})
}

func TestVisibilityTellsWhoHidAResult(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		insertReferences(t, store)
		storetest.ExecuteAll(t, store, insertResult("1", "true", `'{}'`))
		lock := func() (v domain.Visibility) {
			t.Helper()
			if err := store.Do(t.Context(), func(ctx context.Context, r ports.Repos) (err error) {
				v, err = r.Results.Lock(ctx, numbered("1"))
				return err
			}); err != nil {
				t.Fatal(err)
			}
			return v
		}
		if got, want := lock(), (domain.Visibility{Hidden: true}); got != want {
			t.Errorf("hidden by others: got %+v, want %+v", got, want)
		}
		storetest.ExecuteAll(t, store, "UPDATE result SET removed = true")
		if got, want := lock(), (domain.Visibility{Hidden: true, Deleted: true}); got != want {
			t.Errorf("deleted by us: got %+v, want %+v", got, want)
		}
	})
}

// One statement cannot remove the submits of so many claims.
func TestManyClaimsAreRemovedAtOnce(t *testing.T) {
	storetest.OnEachDatabase(t, func(t *testing.T, store *gormdb.Store) {
		insertReferences(t, store)
		const count = "1500"
		uuids := `SELECT '00000000-0000-4000-8000-' || substr(CAST(1000000000000 + n AS text), 2) AS id FROM numbers`
		numbers := `WITH RECURSIVE numbers(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < ` + count + `), made AS (` + uuids + `) `
		cast := "id"
		if store.DB().Name() == "postgres" {
			cast = "CAST(id AS uuid)"
		}
		storetest.ExecuteAll(t, store, insertResult("1", "true", `'{}'`),
			numbers+`INSERT INTO submit (id, resource_type, upload_datetime) SELECT `+cast+`, 'claim', '2021-05-21 08:31:00' FROM made`,
			numbers+`INSERT INTO claim (id, uploader_sub, uploader_iss, upload_datetime, message, resource_type, _submit_report_id, result_id)
				SELECT `+cast+`, 'sub', 'iss', '2021-05-21 08:31:00', 'wrong', 'result', `+cast+`, `+quoted("1")+` FROM made`)
		if err := store.Do(t.Context(), func(ctx context.Context, r ports.Repos) error {
			return r.Results.RemoveAll(ctx, ports.ResultMatch{Uploader: &uploader})
		}); err != nil {
			t.Fatal(err)
		}
		var left int64
		if err := store.DB().Table("submit").Count(&left).Error; err != nil || left != 0 {
			t.Errorf("%d submits are left (%v), want none", left, err)
		}
	})
}
