package deployments

import (
	"crypto/sha256"
	"fmt"
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"

	"github.com/eosc-perf/backend/adapters/gormdb/postgres/pgtest"
	"github.com/eosc-perf/backend/tests/process"
)

// TestImage builds the image twice, and runs its programs with nothing but it: in
// its folder as root folder, read-only, as its unprivileged user.
func TestImage(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Fatal("only root can put a program into another root folder: run `make image` as root")
	}
	img := build(t)
	t.Run("built again it is the same, and holds three programs", func(t *testing.T) {
		first, second := hashes(t, img.root), hashes(t, build(t).root)
		programs := []string{"/usr/local/bin/admin", "/usr/local/bin/migrate", "/usr/local/bin/server"}
		for _, name := range programs {
			if first[name] == "" || first[name] != second[name] {
				t.Errorf("%s has the SHA-256 %q, built again %q", name, first[name], second[name])
			}
			t.Logf("%s %s", first[name], name)
		}
		found := slices.DeleteFunc(slices.Sorted(maps.Keys(first)), func(name string) bool { return strings.HasPrefix(name, "/etc/") })
		if !slices.Equal(found, programs) {
			t.Errorf("beside what its base has, the image holds %v, want %v", found, programs)
		}
	})
	t.Run("configuration", func(t *testing.T) {
		if !slices.Equal(img.command, []string{"server"}) || img.workdir != "/app" || img.user != nonroot+":"+nonroot {
			t.Errorf("it runs %v in %s as %s", img.command, img.workdir, img.user)
		}
	})
	t.Run("serves", func(t *testing.T) { serves(t, img) })
	t.Run("migrates a mounted folder", func(t *testing.T) { migrates(t, img) })
	t.Run("tells its versions", func(t *testing.T) {
		for _, program := range []string{"server", "migrate", "admin"} {
			if code, out := img.run(t, nil, "", program, "--version"); code != 0 || !strings.Contains(out, "version dev") {
				t.Errorf("%s --version: exit code %d, %s", program, code, out)
			}
		}
	})
}

// hashes are the SHA-256 of all files below a folder.
func hashes(t *testing.T, root string) map[string]string {
	t.Helper()
	found := map[string]string{}
	err := filepath.WalkDir(root, func(path string, entry os.DirEntry, err error) error {
		if err == nil && entry.Type().IsRegular() {
			found[strings.TrimPrefix(path, root)] = fmt.Sprintf("%x", sha256.Sum256(read(t, path)))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// serves: `docker run --env-file .env IMAGE`, with the example filled in.
func serves(t *testing.T, img image) {
	db := pgtest.New(t)
	address := process.FreeAddress(t)
	environ := append(dockerEnvironment(string(read(t, ".env.example"))), databaseEnvironment(db)...)
	environ = append(environ, "LISTEN_ADDRESS="+address, "SECRET_KEY=0123456789abcdef0123456789abcdef", "SHUTDOWN_DELAY=0s")

	health := img.health[1:]
	if code, out := img.run(t, environ, "", health...); code == 0 {
		t.Errorf("healthy before it was started: %s", out)
	}
	if code, out := img.run(t, environ, "", "migrate", "upgrade"); code != 0 {
		t.Fatalf("migrate upgrade: exit code %d\n%s", code, out)
	}
	server := img.start(t, environ, "", img.command...)
	server.Await(t, "it is healthy", func() bool {
		code, _ := img.run(t, environ, "", health...)
		return code == 0
	})
	response, err := http.Get("http://" + address + "/api/v1/sites") //nolint:gosec // our own server
	if err != nil {
		t.Fatal(err)
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("GET /api/v1/sites: %s", response.Status)
	}
	server.Signal(t, syscall.SIGTERM)
	if code := server.ExitCode(t); code != 0 {
		t.Errorf("stopped with exit code %d\n%s", code, server.Output.String())
	}
}

// migrates: `docker run --rm --env-file .env -v $PWD:/app IMAGE migrate ...`.
func migrates(t *testing.T, img image) {
	db := pgtest.New(t)
	folder := t.TempDir()
	if err := os.Chown(folder, 65532, 65532); err != nil {
		t.Fatal(err)
	}
	environ := append(dockerEnvironment(string(read(t, ".env.example"))), databaseEnvironment(db)...)
	for _, step := range []struct {
		args []string
		want string
	}{
		{[]string{"migrate", "upgrade"}, ""},
		{[]string{"migrate", "migrate", "-m", "nothing new"}, ""},
		{[]string{"migrate", "revision", "-m", "of our own"}, "Wrote migrations/versions/postgres/"},
		{[]string{"migrate", "upgrade"}, "of our own"},
		{[]string{"migrate", "check"}, ""},
	} {
		code, out := img.run(t, environ, folder, step.args...)
		if code != 0 || !strings.Contains(out, step.want) {
			t.Fatalf("%s: exit code %d, wanted 0 and %q\n%s", strings.Join(step.args, " "), code, step.want, out)
		}
	}
	for _, dialect := range []string{"postgres", "sqlite"} {
		written, err := filepath.Glob(filepath.Join(folder, "migrations/versions", dialect, "*.sql"))
		if err != nil || len(written) != 1 {
			t.Errorf("for %s there is %v in the mounted folder: %v", dialect, written, err)
		}
	}
}

func databaseEnvironment(db *pgtest.Database) []string {
	return []string{"DB_HOST=" + db.Host, "DB_PORT=" + strconv.Itoa(db.Port), "DB_USER=" + db.User, "DB_PASSWORD=" + db.Password,
		"DB_NAME=" + db.Name, "DB_SSLMODE=disable"}
}

// enter runs a program in a root folder that is read-only but for /app, if a
// folder is mounted there, and /tmp.
const enter = `
root=$1 app=$2 user=$3 workdir=$4
shift 4
mount --bind "$root" "$root"
mount --bind "${app:-$root/app}" "$root/app"
mount -t tmpfs -o size=64m,mode=1777 tmpfs "$root/tmp"
mount -o remount,bind,ro "$root"
[ -n "$app" ] || mount -o remount,bind,ro "$root/app"
exec setpriv --no-new-privs --clear-groups unshare --root="$root" --wd="$workdir" --setgid="${user#*:}" --setuid="${user%:*}" -- "$@"`

// start starts a program of the image with these variables besides the image's own.
func (i image) start(t *testing.T, environ []string, mounted string, args ...string) *process.Process {
	t.Helper()
	args = append([]string{"--mount", "--propagation", "private", "sh", "-euc", enter, "enter", i.root, mounted, i.user, i.workdir}, args...)
	return process.Start(t, "unshare", append(slices.Clone(i.environ), environ...), args...)
}

func (i image) run(t *testing.T, environ []string, mounted string, args ...string) (code int, output string) {
	t.Helper()
	p := i.start(t, environ, mounted, args...)
	return p.ExitCode(t), p.Output.String()
}
