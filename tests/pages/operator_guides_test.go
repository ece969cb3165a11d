package pages_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
	"github.com/eosc-perf/backend/docs/doctest"
	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
)

// The guide installs everything by hand.
func TestGuideToDeployWorksAsItStands(t *testing.T) {
	t.Parallel()
	process.Shell(t, "scripts/reverse-proxy nginx")
	// PostgreSQL's user must be able to reach it.
	folder, err := os.MkdirTemp("", "deploying-*")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(folder) })
	if err := os.Chmod(folder, 0o755); err != nil { //nolint:gosec // see above
		t.Fatal(err)
	}
	const stop = `trap 'kill $(jobs -p) || true; [ ! -f "$PERF/nginx.pid" ] || kill "$(cat "$PERF/nginx.pid")"
[ ! -f "$PERF/database/postmaster.pid" ] || kill -QUIT "$(head -n 1 "$PERF/database/postmaster.pid")"' EXIT
`
	runGuide(t, "deploy", stop, "PERF="+folder,
		"DB_PORT="+process.FreePort(t), "PERF_PORT="+process.FreePort(t), "HTTPS_PORT="+process.FreePort(t),
		"PATH="+os.Getenv("POSTGRES_BINDIR")+":"+os.Getenv("PATH")+":/usr/sbin")
}

// The guide takes the database of the earlier program over, and gives it back.
func TestGuideToMoveFromFlaskWorksAsItStands(t *testing.T) {
	t.Parallel()
	runGuide(t, "move-from-flask", stopJobs, append(installed(t), "PERF_PORT="+process.FreePort(t))...)
}

// The guide upgrades a database and its server, and goes back.
func TestGuideToUpgradeWorksAsItStands(t *testing.T) {
	t.Parallel()
	runGuide(t, "upgrade", stopJobs, append(installed(t),
		"LISTEN_ADDRESS="+process.FreeAddress(t), "SECRET_KEY=0123456789abcdef", "ADMIN_ENTITLEMENTS=admins")...)
}

func TestGuideToBackUpWorksAsItStands(t *testing.T) {
	t.Parallel()
	runGuide(t, "back-up", stopJobs+inFolder, append(installed(t), "LISTEN="+process.FreeAddress(t))...)
}

func TestGuideToMigrateTheSchemaWorksAsItStands(t *testing.T) {
	t.Parallel()
	checkout, flask, other := t.TempDir(), pgtest.New(t), pgtest.New(t)
	process.Shell(t, `git ls-files -z --cached --others --exclude-standard | sort -zu | xargs -0 cp --parents --target-directory "$CHECKOUT"
cd "$CHECKOUT" && git init --quiet && git add --all`, "CHECKOUT="+checkout)
	runGuide(t, "migrate-the-schema", inFolder, append(installed(t),
		"CHECKOUT="+checkout, "FLASK_URL="+flask.URL, "FLASK_NAME="+flask.Name, "OTHER_URL="+other.URL, "OTHER_NAME="+other.Name,
		"SECRET_KEY=0123456789abcdef", "ADMIN_ENTITLEMENTS=admins")...)
}

// The guide runs a server with a key for the audit trail, and asks for the trail.
func TestGuideToOperateIdentityWorksAsItStands(t *testing.T) {
	t.Parallel()
	runGuide(t, "operate-identity", stopJobs+inFolder, append(installed(t), "APP_ENV=development", "DEMO=true",
		"LISTEN_ADDRESS="+process.FreeAddress(t))...)
}

// The guide serves TLS with a certificate of its own.
func TestGuideToLogInWorksAsItStands(t *testing.T) {
	t.Parallel()
	runGuide(t, "log-in", stopJobs+inFolder, append(installed(t), "APP_ENV=development", "LISTEN_ADDRESS="+process.FreeAddress(t))...)
}

// The guide reads metrics.
func TestGuideToOperateWorksAsItStands(t *testing.T) {
	t.Parallel()
	runGuide(t, "operate", stopJobs+inFolder, append(installed(t), "APP_ENV=development", "DEMO=true",
		"LISTEN_ADDRESS="+process.FreeAddress(t), "METRICS_ADDRESS="+process.FreeAddress(t))...)
}

// The guide looks at the mails that wait, and retries them.
func TestGuideToOperateTheMailsWorksAsItStands(t *testing.T) {
	t.Parallel()
	runGuide(t, "operate-mail", inFolder+"migrate upgrade > upgrade.log\n", append(installed(t), "SECRET_KEY=0123456789abcdef",
		"ADMIN_ENTITLEMENTS=admins")...)
}

// stopJobs ends what a guide has started, whatever happens.
const stopJobs = "trap 'kill $(jobs -p) 2> /dev/null || true' EXIT\n"

// inFolder goes to the folder to work in.
const inFolder = `cd "$WORK"` + "\n"

// installed is the environment of somebody who has the programs, an empty PostgreSQL
// database in their settings, and a folder to work in.
func installed(t *testing.T) []string {
	t.Helper()
	database := pgtest.New(t)
	return append(harness.OnPostgres(database).Environ(),
		"WORK="+t.TempDir(), "REPOSITORY="+process.Repository(t), "DATABASE_URL="+database.URL,
		"PATH="+process.Programs(t)+":"+os.Getenv("POSTGRES_BINDIR")+":"+os.Getenv("PATH"))
}

// runGuide runs the shell blocks of a page of docs/how-to, after some lines of its own, and
// compares what they print with what the page shows.
func runGuide(t *testing.T, name, before string, environ ...string) {
	t.Helper()
	doctest.Check(t, filepath.Join(process.Repository(t), "docs", "how-to", name+".md"), func(script string) string {
		return process.Shell(t, before+script, environ...)
	})
}
