package deployments

import (
	"bufio"
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/moby/buildkit/client/llb"
	"github.com/moby/buildkit/client/llb/sourceresolver"
	"github.com/moby/buildkit/frontend/dockerfile/dockerfile2llb"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/linter"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerui"
	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
	"github.com/opencontainers/go-digest"
)

const (
	dockerfile = "Dockerfile"
	// nonroot is the user of distroless images.
	nonroot = "65532"
)

// TestDockerfileIsClean is `docker build --check`, with all rules: BuildKit's own
// linter finds nothing.
func TestDockerfileIsClean(t *testing.T) {
	text := read(t, dockerfile)
	source := llb.NewSourceMap(nil, dockerfile, "Dockerfile", text)
	source.Definition = &llb.Definition{}
	found, err := dockerfile2llb.DockerfileLint(t.Context(), text, dockerfile2llb.ConvertOpt{
		Config:       dockerui.Config{LinterConfig: &linter.Config{ExperimentalAll: true}},
		SourceMap:    source,
		MetaResolver: noRegistry{},
	})
	if err != nil {
		t.Fatal(err)
	}
	if found.Error != nil {
		t.Error(found.Error.Message)
	}
	for _, warning := range found.Warnings {
		t.Errorf("line %d: %s: %s", warning.Location.Ranges[0].Start.Line, warning.RuleName, warning.Detail)
	}
}

// noRegistry knows nothing of base images: the linter asks no registry.
type noRegistry struct{}

func (noRegistry) ResolveImageConfig(_ context.Context, name string, _ sourceresolver.Opt) (string, digest.Digest, []byte, error) {
	config := []byte(`{"architecture":"amd64","os":"linux","config":{}}`)
	return name, digest.FromBytes(config), config, nil
}

// image is what the Dockerfile makes, in a folder.
type image struct {
	root    string
	environ []string
	user    string
	workdir string
	command []string
	health  []string
}

// build follows the Dockerfile's steps without a container engine, in a folder
// with nothing but the build context. Its RUN lines use relative paths only; the
// machine's Go stands for the first stage's base, baseOfPrograms for the second's.
func build(t *testing.T) image {
	t.Helper()
	parsed, err := parser.Parse(bytes.NewReader(read(t, dockerfile)))
	if err != nil {
		t.Fatal(err)
	}
	stages, _, err := instructions.Parse(parsed.AST, nil)
	if err != nil {
		t.Fatal(err)
	}
	b := builder{t: t, context: buildContext(t), stages: map[string]string{}}
	for _, stage := range stages {
		b.stage(stage)
	}
	return b.image
}

type builder struct {
	t       *testing.T
	context string
	// stages are the folders of the stages by their names.
	stages map[string]string
	// image is the stage that is being built, at the end the last one.
	image image
}

func (b *builder) stage(stage instructions.Stage) {
	b.t.Helper()
	b.image = image{root: b.t.TempDir(), user: "0", workdir: "/"}
	if err := os.Chmod(b.image.root, 0o755); err != nil { //nolint:gosec // a root folder that everybody may read
		b.t.Fatal(err)
	}
	b.stages[stage.Name] = b.image.root
	switch {
	case strings.HasPrefix(stage.BaseName, "golang:"):
		b.image.environ = goEnvironment(b.t)
	case stage.BaseName == "gcr.io/distroless/static-debian12:nonroot":
		baseOfPrograms(b.t, b.image.root)
		b.image.environ = []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"}
	default:
		b.t.Fatalf("nothing is known of the base %s: say here what it holds", stage.BaseName)
	}
	for _, command := range stage.Commands {
		b.follow(command)
	}
}

func (b *builder) follow(command instructions.Command) {
	b.t.Helper()
	switch c := command.(type) {
	case *instructions.ArgCommand:
		for _, arg := range c.Args {
			b.image.environ = append(b.image.environ, arg.Key+"="+arg.ValueString())
		}
	case *instructions.EnvCommand:
		for _, variable := range c.Env {
			b.image.environ = append(b.image.environ, variable.Key+"="+variable.Value)
		}
	case *instructions.WorkdirCommand:
		b.image.workdir = c.Path
		makeFolder(b.t, filepath.Join(b.image.root, c.Path))
	case *instructions.CopyCommand:
		b.copy(c)
	case *instructions.RunCommand:
		if !c.PrependShell {
			b.t.Fatalf("%s: only the shell form is followed", c)
		}
		execute(b.t, filepath.Join(b.image.root, b.image.workdir), b.image.environ, "sh", "-c", strings.Join(c.CmdLine, " "))
	case *instructions.UserCommand:
		b.image.user = c.User
	case *instructions.CmdCommand:
		b.image.command = c.CmdLine
	case *instructions.HealthCheckCommand:
		b.image.health = c.Health.Test
	case *instructions.LabelCommand, *instructions.ExposeCommand: // they change nothing that runs
	default:
		b.t.Fatalf("%s: the check does not know how to follow this", c)
	}
}

func (b *builder) copy(c *instructions.CopyCommand) {
	b.t.Helper()
	from := b.context
	if c.From != "" {
		from = b.stages[c.From]
	}
	target := c.DestPath
	if !filepath.IsAbs(target) {
		target = b.image.workdir + "/" + target
	}
	target = b.image.root + target + "/"
	for _, source := range c.SourcePaths {
		source = filepath.Join(from, source)
		makeFolder(b.t, target)
		if info, err := os.Stat(source); err != nil {
			b.t.Fatalf("%s: %v", c, err)
		} else if info.IsDir() {
			source += "/."
		}
		execute(b.t, b.context, os.Environ(), "cp", "--archive", "--no-preserve=ownership", source, target)
	}
	if c.Chown != "" {
		execute(b.t, b.context, os.Environ(), "chown", "--recursive", c.Chown, target)
	}
}

// buildContext is a copy of what git would take, but for what .dockerignore keeps out.
func buildContext(t *testing.T) string {
	t.Helper()
	patterns, err := ignorefile.ReadAll(bytes.NewReader(read(t, "../.dockerignore")))
	if err != nil {
		t.Fatal(err)
	}
	ignored, err := patternmatcher.New(patterns)
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	files := execute(t, "..", os.Environ(), "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
	for name := range strings.SplitSeq(strings.Trim(files, "\x00"), "\x00") {
		skip, err := ignored.MatchesOrParentMatches(name)
		if err != nil {
			t.Fatal(err)
		}
		text, err := os.ReadFile(filepath.Join("..", name))
		if skip || os.IsNotExist(err) { // deleted, and not yet committed
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(folder, name), text, 0o644)
	}
	return folder
}

// goEnvironment is a clean one, but that it has this machine's caches.
func goEnvironment(t *testing.T) []string {
	t.Helper()
	environ := []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}
	names := []string{"GOCACHE", "GOMODCACHE", "GOPROXY", "GOSUMDB", "GOTOOLCHAIN"}
	values := strings.Split(execute(t, ".", os.Environ(), "go", append([]string{"env"}, names...)...), "\n")
	for i, name := range names {
		environ = append(environ, name+"="+values[i])
	}
	return environ
}

// baseOfPrograms makes what of the distroless base the programs need: the trusted
// CAs, the names of users, and a folder for temporary files. The base has time zones
// too; the programs ask for none.
func baseOfPrograms(t *testing.T, root string) {
	t.Helper()
	const users = "root:x:0:0:root:/root:/sbin/nologin\nnonroot:x:65532:65532:nonroot:/home/nonroot:/sbin/nologin\n"
	write(t, root+"/etc/passwd", []byte(users), 0o644)
	write(t, root+"/etc/group", []byte("root:x:0:\nnonroot:x:65532:\n"), 0o644)
	write(t, root+"/etc/ssl/certs/ca-certificates.crt", read(t, "/etc/ssl/certs/ca-certificates.crt"), 0o644)
	makeFolder(t, root+"/tmp")
}

// dockerEnvironment reads a file as `docker run --env-file` does, and Compose with
// `format: raw`: lines NAME=VALUE, where everything after the = is the value, quotes
// and # included, and lines that begin with # are comments.
func dockerEnvironment(text string) []string {
	var environ []string
	lines := bufio.NewScanner(strings.NewReader(text))
	for lines.Scan() {
		line := strings.TrimLeft(lines.Text(), " \t")
		if line == "" || line[0] == '#' {
			continue
		}
		environ = append(environ, line)
	}
	return environ
}

func read(t *testing.T, name string) []byte {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func write(t *testing.T, name string, text []byte, mode os.FileMode) {
	t.Helper()
	makeFolder(t, filepath.Dir(name))
	if err := os.WriteFile(name, text, mode); err != nil {
		t.Fatal(err)
	}
}

func makeFolder(t *testing.T, name string) {
	t.Helper()
	if err := os.MkdirAll(name, 0o755); err != nil {
		t.Fatal(err)
	}
}

// execute runs a program that must succeed, and returns its output.
func execute(t *testing.T, folder string, environ []string, name string, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), name, args...)
	command.Dir, command.Env = folder, slices.Clone(environ)
	var errors strings.Builder
	command.Stderr = &errors
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s%s", name, strings.Join(args, " "), err, out, &errors)
	}
	return string(out)
}
