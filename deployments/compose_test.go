package deployments

import (
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/compose-spec/compose-go/v2/cli"
	"github.com/compose-spec/compose-go/v2/dotenv"
	"github.com/compose-spec/compose-go/v2/types"
)

// project reads the Compose file, by Compose's own library, in a folder that has
// been made ready as docs/how-to/deploy.md says.
func project(t *testing.T) *types.Project {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"compose.yaml", "nginx/eosc-perf.conf.template"} {
		write(t, filepath.Join(folder, name), read(t, name), 0o644)
	}
	write(t, filepath.Join(folder, ".env"), read(t, ".env.example"), 0o600)
	for _, name := range []string{"db_password", "secret_key", "certificate.pem", "certificate.key"} {
		write(t, filepath.Join(folder, "secrets", name), []byte("0123456789abcdef"), 0o644)
	}
	dotenv.RegisterFormat("raw", readRaw)
	options, err := cli.NewProjectOptions(
		[]string{filepath.Join(folder, "compose.yaml")},
		cli.WithWorkingDirectory(folder),
		cli.WithDotEnv,
		cli.WithEnv([]string{"MAIL_DOMAIN=example.org"}),
	)
	if err != nil {
		t.Fatal(err)
	}
	p, err := options.LoadProject(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// readRaw is what Compose registers for `format: raw`: docker's way.
func readRaw(r io.Reader, _ string, variables map[string]string, _ func(string) (string, bool)) error {
	text, err := io.ReadAll(r)
	for _, variable := range dockerEnvironment(string(text)) {
		name, value, _ := strings.Cut(variable, "=")
		variables[name] = value
	}
	return err
}

// TestComposeIsRestricted: every service but the mail relay's postfix.
func TestComposeIsRestricted(t *testing.T) {
	for name, s := range project(t).Services {
		if !s.ReadOnly && name != "mail" {
			t.Errorf("the root of %s can be written to", name)
		}
		if !slices.Equal(s.CapDrop, []string{"ALL"}) || len(s.CapAdd) > 0 && name != "mail" {
			t.Errorf("%s drops the capabilities %v and adds %v", name, s.CapDrop, s.CapAdd)
		}
		if !slices.Contains(s.SecurityOpt, "no-new-privileges:true") || s.Privileged {
			t.Errorf("%s may get privileges", name)
		}
		if s.Deploy == nil || s.Deploy.Resources.Limits == nil || s.Deploy.Resources.Limits.MemoryBytes == 0 ||
			s.Deploy.Resources.Limits.Pids == 0 {
			t.Errorf("%s has no limits", name)
		}
	}
}

// TestComposeSettings: what the servers get is what the programs accept.
func TestComposeSettings(t *testing.T) {
	p := project(t)
	for _, name := range []string{"server", "migrate"} {
		var environ []string
		for key, value := range p.Services[name].Environment {
			text := strings.Replace(*value, "/run/secrets/", p.WorkingDir+"/secrets/", 1)
			environ = append(environ, key+"="+text)
		}
		expectSettings(t, name, environ, name == "migrate")
	}
	if got := *p.Services["server"].Environment["ADMIN_ENTITLEMENTS"]; !strings.HasSuffix(got, "#aai.egi.eu") {
		t.Errorf("ADMIN_ENTITLEMENTS arrives as %s", got)
	}
}

// TestComposeOrder: the migration before the servers, the database before it.
func TestComposeOrder(t *testing.T) {
	p := project(t)
	for _, tt := range []struct{ who, waitsFor, until string }{
		{"migrate", "postgres", types.ServiceConditionHealthy},
		{"server", "migrate", types.ServiceConditionCompletedSuccessfully},
		{"proxy", "server", types.ServiceConditionHealthy},
		{"backup", "postgres", types.ServiceConditionHealthy},
	} {
		if got := p.Services[tt.who].DependsOn[tt.waitsFor].Condition; got != tt.until {
			t.Errorf("%s waits for %s until %q, want %q", tt.who, tt.waitsFor, got, tt.until)
		}
	}
}

// TestComposeFiles: every file that is mounted is in the tree, or is a secret.
func TestComposeFiles(t *testing.T) {
	p := project(t)
	for name, s := range p.Services {
		for _, volume := range s.Volumes {
			if volume.Type != types.VolumeTypeBind || volume.Target == "/backups" {
				continue
			}
			if _, err := os.Stat(volume.Source); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, secret := range s.Secrets {
			if _, err := os.Stat(p.Secrets[secret.Source].File); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if file := p.Services["server"].Build.Dockerfile; file != "deployments/Dockerfile" {
		t.Errorf("the image is made of %s", file)
	}
}

// TestProxyIsFilledIn: nginx's file has no variable that the proxy is not given.
func TestProxyIsFilledIn(t *testing.T) {
	given := project(t).Services["proxy"].Environment
	wanted := regexp.MustCompile(`\$\{(\w+)\}`).FindAllStringSubmatch(string(read(t, "nginx/eosc-perf.conf.template")), -1)
	if len(wanted) == 0 {
		t.Error("the file has no variables")
	}
	for _, variable := range wanted {
		if given[variable[1]] == nil {
			t.Errorf("the proxy is not given %s", variable[1])
		}
	}
}
