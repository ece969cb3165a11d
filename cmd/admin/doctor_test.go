package main

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

func TestDoctorSeesMailsThatDoNotLeave(t *testing.T) {
	ago := func(d time.Duration) time.Time { return time.Now().UTC().Add(-d).Truncate(time.Microsecond) }
	for name, tt := range map[string]struct {
		mail domain.OutgoingMail
		want string
	}{
		"just written":         {domain.OutgoingMail{CreatedAt: ago(0)}, "fine  1 mail waits, 0 are parked"},
		"tried again soon":     {domain.OutgoingMail{CreatedAt: ago(time.Minute), LastError: "greylisted"}, "fine  1 mail waits, 0 are parked"},
		"refused for long":     {domain.OutgoingMail{CreatedAt: ago(time.Hour), LastError: "helo command rejected"}, "helo command rejected"},
		"waiting for a server": {domain.OutgoingMail{CreatedAt: ago(time.Hour)}, "fine  1 mail waits, 0 are parked"},
		"parked for a receiver": {domain.OutgoingMail{CreatedAt: ago(time.Hour), LastError: "no such user", ParkedAt: new(ago(0))},
			"fine  0 mails wait, 1 is parked"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("APP_ENV", "development")
			p := atHead["sqlite"](t)
			tt.mail.ID, tt.mail.To, tt.mail.Subject = uuid.Must(uuid.NewV7()), "bob@example.org", "s"
			tt.mail.NextAttemptAt, tt.mail.GiveUpAt = ago(0), ago(-time.Hour)
			enqueue := func(ctx context.Context, r ports.Repos) error { return r.Outbox.Enqueue(ctx, &tt.mail) }
			if err := p.store(t).Do(t.Context(), enqueue); err != nil {
				t.Fatal(err)
			}
			out, err := p.run(t, "doctor")
			line := ""
			for l := range strings.Lines(out) {
				if strings.HasPrefix(l, "outbox") {
					line = l
				}
			}
			if !strings.Contains(line, tt.want) || (err == nil) != strings.Contains(tt.want, "fine") {
				t.Errorf("%v: %q, want %q", err, line, tt.want)
			}
		})
	}
}
