package config_test

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/eosc-perf/backend/config"
)

// production is a complete environment with PostgreSQL.
var production = []string{
	"SECRET_KEY=0123456789abcdef", "ADMIN_ENTITLEMENTS=admins",
	"DB_HOST=db", "DB_USER=perf", "DB_NAME=perf",
}

var development = []string{"APP_ENV=development"}

func with(environ []string, more ...string) []string { return append(slices.Clone(environ), more...) }

// load fails the test if the settings are refused.
func load(t *testing.T, environ ...string) *config.Config {
	t.Helper()
	c, err := config.Load(config.Source{Environ: environ, Dir: t.TempDir()})
	if err != nil {
		t.Fatalf("Load(%q): %v", environ, err)
	}
	return c
}

// problems are the settings that are refused, with their messages.
func problems(t *testing.T, source config.Source) map[string]string {
	t.Helper()
	if source.Dir == "" {
		source.Dir = t.TempDir()
	}
	c, err := config.Load(source)
	list, ok := errors.AsType[config.Problems](err)
	if err != nil && (!ok || c != nil) {
		t.Fatalf("Load(%+v) = %+v, %v; want nil and Problems", source, c, err)
	}
	found := map[string]string{}
	for _, p := range list {
		found[p.Setting] += p.Message + "\n"
		if line := p.Setting + ": " + p.Message; !strings.Contains(err.Error(), "\n  "+line) {
			t.Errorf("the error does not have the line %q:\n%v", line, err)
		}
	}
	return found
}

func writeFile(t *testing.T, dir, name, text string) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// field finds a value of the Config by its dotted path.
func field(t *testing.T, c *config.Config, path string) any {
	t.Helper()
	v := reflect.ValueOf(c).Elem()
	for name := range strings.SplitSeq(path, ".") {
		if v = v.FieldByName(name); !v.IsValid() {
			t.Fatalf("Config has no %s", path)
		}
	}
	return v.Interface()
}

func TestAnEmptyEnvironmentListsAllThatIsMissing(t *testing.T) {
	found := problems(t, config.Source{})
	want := []string{"SECRET_KEY", "ADMIN_ENTITLEMENTS", "DB_HOST", "DB_USER", "DB_NAME"}
	for _, name := range want {
		if found[name] == "" {
			t.Errorf("nothing about %s in %q", name, found)
		}
	}
	if len(found) != len(want) {
		t.Errorf("got %q, want %q", found, want)
	}
	if !strings.Contains(found["DB_HOST"], "DB_DRIVER=sqlite") {
		t.Errorf("DB_HOST: %q does not say how to ask for the embedded database", found["DB_HOST"])
	}
}

func TestFlagWinsOverEnvironmentOverDotenvOverDefault(t *testing.T) {
	flag, environ, dotenv := "DB_USER=flag", "DB_USER=environment", "DB_USER=dotenv"
	tests := []struct {
		name                  string
		flag, environ, dotenv string
		want                  string
	}{
		{"all", flag, environ, dotenv, "flag"},
		{"environment over .env", "", environ, dotenv, "environment"},
		{".env", "", "", dotenv, "dotenv"},
		{"an empty flag is no flag", "DB_USER=", environ, dotenv, "environment"},
		{"an empty variable is no variable", "", "DB_USER=", dotenv, "dotenv"},
		{"a blank variable is no variable", "", "DB_USER=  ", dotenv, "dotenv"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			writeFile(t, dir, ".env", tt.dotenv)
			flags := map[string]string{}
			if name, value, ok := strings.Cut(tt.flag, "="); ok {
				flags[name] = value
			}
			c, err := config.Load(config.Source{Environ: with(development, "DB_HOST=h", "DB_NAME=n", tt.environ), Flags: flags, Dir: dir})
			if err != nil {
				t.Fatal(err)
			}
			if c.Database.User != tt.want {
				t.Errorf("DB_USER is %q, want %q", c.Database.User, tt.want)
			}
		})
	}
}

func TestUnknownVariablesAreIgnoredAndUnknownFlagsAreNot(t *testing.T) {
	load(t, with(production, "PATH=/bin", "DB_HOSTS=x", "WEIRD", "=C:=x")...)
	if found := problems(t, config.Source{Environ: production, Flags: map[string]string{"NO_SUCH": "1"}}); found["NO_SUCH"] == "" {
		t.Errorf("the flag NO_SUCH was accepted: %q", found)
	}
}

func TestSecretFiles(t *testing.T) {
	for _, name := range []string{"SECRET_KEY", "DB_PASSWORD", "OIDC_CLIENT_SECRET", "MAIL_PASSWORD"} {
		reveal := func(c *config.Config) string {
			return map[string]config.Secret{
				"SECRET_KEY": c.SecretKey, "DB_PASSWORD": c.Database.Password, "OIDC_CLIENT_SECRET": c.Identity.ClientSecret,
				"MAIL_PASSWORD": c.Mail.Password,
			}[name].Reveal()
		}
		id := "NONE=1"
		if name == "OIDC_CLIENT_SECRET" {
			id = "OIDC_CLIENT_ID=id"
		}
		if name == "MAIL_PASSWORD" {
			id = "MAIL_USER=u"
		}
		for _, tt := range []struct{ name, text, want string }{
			{"line", "of the file\n", "of the file"},
			{"CRLF", "of the file\r\n", "of the file"},
			{"no newline", " of the file ", " of the file "},
			{"two newlines", "of the file\n\n", "of the file\n"},
		} {
			t.Run(name+"/"+tt.name, func(t *testing.T) {
				path := writeFile(t, t.TempDir(), "secret", tt.text)
				if got := reveal(load(t, with(development, id, name+"=of the variable", name+"_FILE="+path)...)); got != tt.want {
					t.Errorf("got %q of %q, want %q", got, tt.text, tt.want)
				}
			})
		}
		t.Run(name+"/an empty path is unset", func(t *testing.T) {
			if got := reveal(load(t, with(development, id, name+"=of the variable", name+"_FILE=")...)); got != "of the variable" {
				t.Errorf("got %q", got)
			}
		})
		t.Run(name+"/unreadable", func(t *testing.T) {
			for _, path := range []string{"/no/such/file", t.TempDir()} {
				found := problems(t, config.Source{Environ: with(production, id, name+"=v", name+"_FILE="+path)})
				if len(found) != 1 || !strings.Contains(found[name+"_FILE"], path) {
					t.Errorf("%s_FILE=%s: got %q, want one problem that names variable and path", name, path, found)
				}
			}
		})
		t.Run(name+"/endless", func(t *testing.T) {
			found := problems(t, config.Source{Environ: with(production, id, name+"_FILE=/dev/zero")})
			if len(found) != 1 || found[name+"_FILE"] == "" {
				t.Errorf("/dev/zero: got %q", found)
			}
		})
	}
}

func TestSecretFilesOfDotenvAndTheLayers(t *testing.T) {
	dir := t.TempDir()
	writeFile(t, dir, "key", "of the file")
	writeFile(t, dir, ".env", "SECRET_KEY=plain in .env\nSECRET_KEY_FILE=key\n")
	tests := []struct {
		name    string
		environ []string
		flags   map[string]string
		want    string
	}{
		{"relative to the working folder", nil, nil, "of the file"},
		{"the environment wins over the file of .env", []string{"SECRET_KEY=of the environment"}, nil, "of the environment"},
		{
			"a flag wins over a file of the environment",
			[]string{"SECRET_KEY_FILE=/no/such"},
			map[string]string{"SECRET_KEY": "of the flag"},
			"of the flag",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, err := config.Load(config.Source{Environ: with(development, tt.environ...), Flags: tt.flags, Dir: dir})
			if err != nil {
				t.Fatal(err)
			}
			if got := c.SecretKey.Reveal(); got != tt.want {
				t.Errorf("SECRET_KEY is %q, want %q", got, tt.want)
			}
		})
	}
}

func TestAnEmptySecretFileIsNamed(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for name, path := range map[string]string{
		"no bytes": writeFile(t, t.TempDir(), "key", ""), "a line": writeFile(t, t.TempDir(), "key", "\r\n"), "a device": "/dev/null",
		"a pipe that nobody writes": pipe, "lines and blanks": writeFile(t, t.TempDir(), "key", "\r\n \t\n\n                  \n"),
	} {
		for _, setting := range []string{"SECRET_KEY_FILE", "DB_PASSWORD_FILE"} {
			found := problems(t, config.Source{Environ: with(production, setting+"="+path)})
			if len(found) != 1 || !strings.Contains(found[setting], path+" is empty") {
				t.Errorf("%s: got %q, want that %s is empty", name, found, setting)
			}
		}
	}
}

// TestNothingWaitsForAPipeThatNobodyWrites: the start of the server did, and could not be ended.
func TestNothingWaitsForAPipeThatNobodyWrites(t *testing.T) {
	folder := t.TempDir()
	pipe := filepath.Join(folder, ".env")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if text, err := config.ReadFile(pipe, 10); len(text) > 0 || err != nil {
		t.Errorf("ReadFile: %q, %v", text, err)
	}
	found := problems(t, config.Source{Environ: with(production, "OIDC_PROVIDERS_FILE="+pipe), Dir: folder})
	if !strings.Contains(found["OIDC_PROVIDERS_FILE"], "names no provider") {
		t.Errorf("got %q", found)
	}
	large := writeFile(t, folder, "key", "0123456789+")
	if _, err := config.ReadFile(large, 10); err == nil || !strings.Contains(err.Error(), "larger than 10 bytes") {
		t.Errorf("a file that is too large: %v", err)
	}
}

// TestASecretOfAPipeIsRead: shells make pipes of the output of programs.
func TestASecretOfAPipeIsRead(t *testing.T) {
	reader, writer, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = reader.Close() }()
	if _, err := writer.WriteString("of the pipe\n"); err != nil {
		t.Fatal(err)
	}
	_ = writer.Close()
	loaded := load(t, with(development, fmt.Sprintf("DB_PASSWORD_FILE=/dev/fd/%d", reader.Fd()))...)
	if got := loaded.Database.Password.Reveal(); got != "of the pipe" {
		t.Errorf("got %q", got)
	}
}

func TestWhatNobodySeesAtTheEndsOfASecretIsToldOf(t *testing.T) {
	for text, want := range map[string]bool{
		"secret\n": false, "a secret": false, "s\xffret\xff": false, "secret \n": true, "\tsecret": true, "secret\n\n": true,
		"secret\u200b\n": true, "secret\u00a0": true, "secret\x1a": true,
	} {
		path := writeFile(t, t.TempDir(), "key", text)
		warnings := strings.Join(load(t, with(development, "DB_PASSWORD_FILE="+path)...).Warnings, "\n")
		if strings.Contains(warnings, "DB_PASSWORD_FILE: "+path) != want {
			t.Errorf("%q: warnings %q", text, warnings)
		}
	}
}

func TestWarnings(t *testing.T) {
	tests := []struct {
		environ []string
		want    string
	}{
		{with(production, "GUNICORN_WORKERS=4"), "GUNICORN_WORKERS: has no effect: one process uses all cores"},
		{with(production, "GUNICORN_WORKERS=many"), "GUNICORN_WORKERS: has no effect: one process uses all cores"},
		{with(production, "SECRET_KEY=fifteen-bytes-x"), "SECRET_KEY: is shorter than 16 bytes"},
		{with(production, "MAIL_SERVER=m", "MAIL_FROM=a@b.c", "MAIL_USER=u", "MAIL_PASSWORD=p"), "MAIL_PASSWORD: goes over the network as it is"},
		{with(production, "MAIL_SERVER=m", "MAIL_FROM=a@b.c", "MAIL_USER=u", "MAIL_PASSWORD=p", "MAIL_TLS=starttls"), ""},
		{with(production, "OIDC_AUDIENCE=perf"), "OIDC_AUDIENCE: makes all opaque tokens refused"},
		{with(production, "OIDC_AUDIENCE=perf", "OIDC_CLIENT_ID=i", "OIDC_CLIENT_SECRET=s", "PUBLIC_URL=https://p.example.org"), ""},
		{with(production, "OIDC_CLIENT_ID=i", "OIDC_CLIENT_SECRET=s"), "PUBLIC_URL: is not set"},
		{with(production, "FLASK_APP=wsgi.py"), "FLASK_APP: has no effect"},
		{with(production, "FLASK_APP=autoapp.py"), ""},
		{with(production, "BODY_LIMITS=5"), "BODY_LIMITS: is no setting, and has no effect: is BODY_LIMIT meant?"},
		{with(production, "BODY_LIMT=5"), "BODY_LIMT: is no setting, and has no effect: is BODY_LIMIT meant?"},
		{with(production, "DB_PROT=5"), "DB_PROT: is no setting, and has no effect: is DB_PORT meant?"},
		{with(production, "LISTEN-ADDRESS=:1"), "LISTEN-ADDRESS: is no setting, and has no effect: is LISTEN_ADDRESS meant?"},
		{with(production, "HEAVY_CONNECTIONS=11"), "HEAVY_CONNECTIONS: is 11, of which 10 count: DB_MAX_CONNECTIONS is 20"},
		{with(production, "HEAVY_CONNECTIONS=10", "EXPORT_CONNECTIONS=4"), ""},
		{with(production, "EXPORT_CONNECTIONS=5"), "EXPORT_CONNECTIONS: is 5, of which 4 count: DB_MAX_CONNECTIONS is 20"},
		{with(production, "EXPORT_CONNECTIONS=2", "DB_MAX_CONNECTIONS=1"), "EXPORT_CONNECTIONS: is 2, of which 1 count: DB_MAX_CONNECTIONS is 1"},
		{with(production, "DB_MAX_CONNECTIONS=1"), ""},
		{with(production, "DB_PASS=x", "MAIL_DOMAIN=x", "PATH=/bin", "DB_HOST_2=x"), ""},
		{production, ""},
	}
	for _, tt := range tests {
		got := load(t, tt.environ...).Warnings
		if tt.want == "" && len(got) == 0 {
			continue
		}
		if len(got) != 1 || tt.want == "" || !strings.HasPrefix(got[0], tt.want) {
			t.Errorf("%q: warnings %q, want %q", tt.environ, got, tt.want)
		}
	}
}

func TestDataDirIsRelativeToTheWorkingFolder(t *testing.T) {
	dir := t.TempDir()
	for value, want := range map[string]string{
		"": filepath.Join(dir, "data"), "x/y": filepath.Join(dir, "x/y"), "/var/lib/perf": "/var/lib/perf",
	} {
		c, err := config.Load(config.Source{Environ: with(development, "DATA_DIR="+value), Dir: dir})
		if err != nil || c.Database.DataDir != want {
			t.Errorf("DATA_DIR=%s in %s: %+v, %v; want %s", value, dir, c, err, want)
		}
	}
}

func TestEverySettingHasItsDescription(t *testing.T) {
	seen := map[string]bool{}
	for _, s := range config.Settings() {
		if s.Help == "" || s.Kind == "" || strings.ContainsAny(s.Help, "\n") || strings.HasSuffix(s.Help, ".") {
			t.Errorf("%s has no one-line help or no kind: %+v", s.Name, s)
		}
		if strings.Contains(s.Help, "`") {
			t.Errorf("%s: a library takes the text between backquotes in %q for the name of the value", s.Name, s.Help)
		}
		if (s.Kind == config.Integer || s.Kind == config.Duration) && s.Values() == "" {
			t.Errorf("%s does not say which values it accepts", s.Name)
		}
		if seen[s.Name] || seen[s.Flag()] {
			t.Errorf("%s or --%s is there twice", s.Name, s.Flag())
		}
		seen[s.Name], seen[s.Flag()] = true, true
		isItsFile := func(f config.Setting) bool { return f.Name == s.Name+"_FILE" && f.Kind == config.File }
		if s.Secret && !slices.ContainsFunc(config.Settings(), isItsFile) {
			t.Errorf("%s has no %s_FILE", s.Name, s.Name)
		}
	}
	if !seen["listen"] || !seen["db-host"] {
		t.Errorf("no --listen or --db-host")
	}
}

func TestProgramsThatServeNothingNeedTheDatabaseOnly(t *testing.T) {
	for name, c := range map[string]struct {
		environ []string
		want    []string
	}{
		"a database and nothing else":   {[]string{"DB_HOST=db", "DB_USER=perf", "DB_NAME=perf"}, nil},
		"the settings of a server":      {production, nil},
		"nothing":                       {nil, []string{"DB_HOST", "DB_NAME", "DB_USER"}},
		"a bad value of the database's": {[]string{"DB_HOST=db", "DB_USER=perf", "DB_NAME=perf", "DB_PORT=x"}, []string{"DB_PORT"}},
		"a bad value of another's":      {[]string{"DB_HOST=db", "DB_USER=perf", "DB_NAME=perf", "BODY_LIMIT=x"}, nil},
		"both kinds of database":        {[]string{"DB_HOST=db", "DB_USER=perf", "DB_NAME=perf", "DB_DRIVER=sqlite"}, []string{"DB_DRIVER"}},
	} {
		t.Run(name, func(t *testing.T) {
			found := problems(t, config.Source{Environ: c.environ, DatabaseOnly: true})
			if got := slices.Sorted(maps.Keys(found)); !slices.Equal(got, c.want) {
				t.Errorf("refused are %v, want %v", found, c.want)
			}
		})
	}
}
