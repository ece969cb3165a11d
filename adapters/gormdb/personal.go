package gormdb

import (
	"context"

	"github.com/eosc-perf/backend/core/domain"
)

// personal chooses what is stored of a person, whose subject, issuer and e-mail
// address are @sub, @iss and @email.
var personal = []struct{ table, where string }{
	{"user", `"user".sub = @sub AND "user".iss = @iss`},
	{"submit", `id IN (SELECT _submit_report_id FROM benchmark WHERE ` + theirs + ` UNION SELECT _submit_report_id FROM site WHERE ` + theirs +
		` UNION SELECT _submit_report_id FROM flavor WHERE ` + theirs + ` UNION SELECT _submit_report_id FROM claim WHERE ` + theirs + `)`},
	{"benchmark", theirs}, {"site", theirs}, {"flavor", theirs}, {"claim", theirs}, {"result", theirs},
	{"result_tags", `result_id IN (SELECT id FROM result WHERE ` + theirs + `)`},
	{"outbox", `receiver = @email`},
}

const theirs = "uploader_sub = @sub AND uploader_iss = @iss"

// Personal tells of every row that is about a person, as Rows does.
func (s *Snapshot) Personal(ctx context.Context, user *domain.User, each func(table string, row []byte) error) error {
	who := map[string]any{"sub": user.Subject, "iss": user.Issuer, "email": user.Email}
	for _, chosen := range personal {
		if err := s.rows(ctx, chosen.table, func(row []byte) error { return each(chosen.table, row) }, " WHERE "+chosen.where, who); err != nil {
			return err
		}
	}
	return nil
}
