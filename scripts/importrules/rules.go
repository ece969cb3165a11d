// Package importrules contains the rules of imports between packages, and the test that
// proves that the program follows them. The rules do not apply to imports of tests.
//
// It imports the standard library only.
package importrules

import (
	"fmt"
	"slices"
	"strings"
)

// Module is the path at the beginning of all packages of the program.
const Module = "github.com/eosc-perf/backend"

// layer lists the imports of a part of the program, in addition to the standard library
// and its own packages. Paths are relative to the module. A path includes the packages
// below it.
type layer struct {
	path string
	// own are the other parts of the program that it may import.
	own []string
	// foreign are the only foreign modules that it may import. If it is nil, only the rules
	// of the libraries apply.
	foreign []string
}

const (
	uuid  = "github.com/google/uuid"
	rapid = "pgregory.net/rapid"
	gin   = "github.com/gin-gonic/gin"
	huma  = "github.com/danielgtaylor/huma/v2"

	storage = "adapters/gormdb"

	schemaDiffer  = "ariga.io/atlas"
	progressBar   = "github.com/schollz/progressbar"
	manPageWriter = "github.com/cpuguy83/go-md2man"
)

// belowAPI are the packages of HTTP that know neither the API nor its operations.
var belowAPI = []string{
	"adapters/http/problem", "adapters/http/fair", "adapters/http/spool", "adapters/http/router", "adapters/http/middleware",
	"adapters/http/representation", "adapters/http/export",
}

// layers are all parts of the program, a layer after the layers that it imports. The first
// layer that contains a package applies.
var layers = []layer{
	{"core/domain", nil, []string{uuid}},
	{"core/name", nil, []string{"golang.org/x/text/unicode/norm"}},
	{"core/filter", []string{"core/domain"}, []string{}},
	{"core/document", []string{"core/filter"}, []string{"github.com/go-json-experiment/json/jsontext"}},
	{"core/plural", nil, []string{}},
	{"core/parallel", nil, []string{}},
	{"core/versioned", nil, []string{"github.com/hashicorp/golang-lru/v2"}},
	{"core/statistics", nil, []string{"gonum.org/v1/gonum/mathext"}},
	{"core/audit", []string{"core/document", "core/domain"}, []string{}},
	{"core/paths", []string{"core/document", "core/filter", "core/statistics"}, []string{}},
	{"core/metrics", []string{"core/document", "core/domain", "core/filter", "core/name", "core/statistics"}, []string{}},
	{"core/comparison", []string{"core/document", "core/domain", "core/metrics", "core/statistics"}, []string{uuid}},
	{"ports/conformance", []string{"core", "ports"}, []string{uuid, rapid}},
	{"ports", []string{"core/domain", "core/filter", "core/document"}, []string{uuid}},
	{"core/service", []string{"core/audit", "core/comparison", "core/document", "core/domain", "core/filter", "core/metrics", "core/name",
		"core/parallel", "core/paths", "core/plural", "core/statistics", "core/versioned", "ports"}, []string{uuid}},
	{"core/maintenance", []string{"core", "ports"}, []string{uuid}},
	{"config", []string{"core/domain"}, nil},
	{storage + "/tables", []string{"core"}, nil},
	{storage + "/session", []string{"core", "ports", storage + "/tables"}, nil},
	{storage + "/query", []string{"core", "ports", storage + "/session", storage + "/tables"}, nil},
	{storage + "/references", []string{"core", "ports", storage + "/query", storage + "/session", storage + "/tables"}, nil},
	{storage + "/resultlist", []string{"core", "ports", storage + "/references", storage + "/query", storage + "/session",
		storage + "/tables"}, nil},
	{storage + "/measurements", []string{"core", "ports", storage + "/references", storage + "/resultlist", storage + "/query",
		storage + "/session", storage + "/tables"}, nil},
	{storage + "/dump", []string{"core", "ports", storage + "/session", storage + "/tables"}, nil},
	{storage + "/derived", []string{"core", "ports", storage + "/session", storage + "/tables"}, nil},
	{storage + "/storetest", []string{"core", "ports", storage, "adapters/migrations"}, nil}, // for tests
	{"adapters/http/problem", []string{"core/domain"}, []string{}},
	{"adapters/http/fair", []string{"core/domain", "ports"}, []string{"github.com/hashicorp/golang-lru/v2", "golang.org/x/time/rate"}},
	{"adapters/http/spool", []string{"core/domain"}, []string{}},
	{"adapters/http/router", []string{"adapters/http/problem"}, []string{gin, uuid}},
	{"adapters/http/middleware", []string{"core/domain", "ports", "adapters/http/problem", "adapters/http/fair"}, []string{gin, uuid}},
	{"adapters/http/representation", []string{"adapters/http/spool", "adapters/http/middleware", "adapters/http/problem"}, nil},
	{"adapters/http/parameter", []string{"core/filter", "adapters/http/problem"}, []string{huma, uuid}},
	{"adapters/http/export", []string{"core", "ports", "adapters/http/representation"}, nil},
	{"adapters/http/session", append([]string{"core", "ports"}, belowAPI...), []string{uuid, "github.com/alexedwards/scs/v2"}},
	{"adapters/http/login", append([]string{"core", "ports", "adapters/http/session"}, belowAPI...), []string{}},
	{"adapters/http/server", append([]string{"core/domain"}, belowAPI...), nil},
	{"adapters/http/openapi", append([]string{"core/domain", "ports", "adapters/http/parameter"}, belowAPI...), nil},
	{"adapters/http/web/files", []string{}, []string{}},
	{"adapters/http/web/draw", []string{}, []string{"codeberg.org/go-pdf/fpdf", "codeberg.org/go-fonts/liberation", "golang.org/x/image"}},
	{"adapters/http/api", append([]string{"core", "ports", "adapters/http/openapi", "adapters/http/parameter"}, belowAPI...), nil},
	{"adapters", []string{"core", "ports"}, nil},
	{"docs", nil, []string{}},
	{"cmd", []string{"core", "ports", "adapters", "config", "docs", "cmd/wiring"}, nil},
	{"scripts", nil, []string{}},
}

// libraries may be imported only by the listed parts.
var libraries = []struct {
	path    string
	allowed []string
}{
	{"github.com/gin-gonic", []string{"adapters/http"}},
	{"github.com/danielgtaylor/huma", []string{"adapters/http"}},
	{"gorm.io", []string{"adapters/gormdb", "adapters/migrations"}},
	{"ariga.io/atlas", []string{"adapters/migrations/autogen"}},
	{"github.com/go-gormigrate", []string{"adapters/migrations"}},
	{"github.com/jackc", []string{"adapters/gormdb", "adapters/migrations"}},
	{"database/sql", []string{"adapters/gormdb", "adapters/migrations"}},
	{"github.com/libtnb", []string{"adapters/gormdb", "adapters/migrations"}},
	{"modernc.org/sqlite", []string{"adapters/gormdb"}},
	{"github.com/zitadel", []string{"adapters/oidc/devprovider", "adapters/oidc/relyingparty"}},
	{"github.com/golang-jwt", []string{"adapters/oidc"}},
	{"github.com/google/go-containerregistry", []string{"adapters/registry"}},
	// They belong to the module of the tests.
	{"github.com/emersion", nil},
	{"github.com/chromedp", nil},
	{"github.com/wneessen", []string{"adapters/mail"}},
	{"github.com/prometheus", []string{"adapters/metrics"}},
	{"github.com/spf13/viper", []string{"config"}},
	{"github.com/yuin/goldmark", []string{"adapters/site"}},
	{"codeberg.org/go-pdf", []string{"adapters/http/web/draw"}},
	{"codeberg.org/go-fonts", []string{"adapters/http/web/draw"}},
	{"golang.org/x/image", []string{"adapters/http/web/draw"}},
	{"github.com/spf13/cobra", []string{"cmd"}},
	{"github.com/spf13/pflag", []string{"cmd"}},
	{"github.com/schollz/progressbar", []string{"cmd"}},
}

// isolated lists the packages that programs must not contain, also not indirectly.
var isolated = []struct {
	command string
	absent  []string
}{
	{"cmd/server", []string{"testing", schemaDiffer, progressBar, manPageWriter}},
	{"cmd/migrate", []string{"testing", progressBar, manPageWriter}},
	{"cmd/admin", []string{"testing", schemaDiffer, manPageWriter}},
}

// graph has the imports of each package, by complete paths.
type graph map[string][]string

// violations returns one line for each import that breaks a rule.
func violations(imports graph) []string {
	var out []string
	for pkg, imported := range imports {
		relative, own := strings.CutPrefix(pkg, Module+"/")
		if !own {
			continue
		}
		for _, path := range imported {
			if reason := refusal(relative, path); reason != "" {
				out = append(out, fmt.Sprintf("%s imports %s: %s", relative, strings.TrimPrefix(path, Module+"/"), reason))
			}
		}
	}
	for _, rule := range isolated {
		for _, absent := range rule.absent {
			if chain := chainTo(imports, Module+"/"+rule.command, absent); chain != nil {
				out = append(out, fmt.Sprintf("%s contains %s: %s", rule.command, absent, strings.Join(chain, " -> ")))
			}
		}
	}
	slices.Sort(out)
	return out
}

// refusal says why the package must not import the path, "" if it may.
func refusal(pkg, path string) string {
	place := slices.IndexFunc(layers, func(l layer) bool { return within(pkg, l.path) })
	if place < 0 {
		return "the package lies in no known part of the program"
	}
	if relative, own := strings.CutPrefix(path, Module+"/"); own {
		return refusalOfOwn(layers[place], pkg, relative)
	}
	if foreign := layers[place].foreign; foreign != nil && !isStandard(path) && !withinAny(path, foreign) {
		return fmt.Sprintf("%s may import only %s of others", layers[place].path, list(foreign))
	}
	for _, library := range libraries {
		if within(path, library.path) && !withinAny(pkg, library.allowed) {
			return fmt.Sprintf("only %s may", list(library.allowed))
		}
	}
	return ""
}

// refusalOfOwn says why a package must not import another package of the program, "" if it
// may. An adapter or a command must not import another adapter or command.
func refusalOfOwn(from layer, pkg, path string) string {
	if from.path == "adapters" || from.path == "cmd" {
		if sameComponent(pkg, path) || withinAny(path, from.own) {
			return ""
		}
		return fmt.Sprintf("%s may import only its own packages and %s", component(pkg), list(from.own))
	}
	if within(path, from.path) || withinAny(path, from.own) {
		return ""
	}
	return fmt.Sprintf("%s may import only %s", from.path, list(from.own))
}

// component returns the adapter or command of a package: two parts of its path.
func component(pkg string) string {
	parts := strings.SplitN(pkg, "/", 3)
	return strings.Join(parts[:min(2, len(parts))], "/")
}

func sameComponent(a, b string) bool { return component(a) == component(b) }

// chainTo returns a shortest chain of imports from a package to a package that it must not
// contain, nil if there is none.
func chainTo(imports graph, from, to string) []string {
	type step struct {
		pkg   string
		chain []string
	}
	seen := map[string]bool{from: true}
	for queue := []step{{from, []string{from}}}; len(queue) > 0; queue = queue[1:] {
		for _, path := range imports[queue[0].pkg] {
			chain := append(slices.Clone(queue[0].chain), path)
			if within(path, to) {
				return chain
			}
			if !seen[path] {
				seen[path] = true
				queue = append(queue, step{path, chain})
			}
		}
	}
	return nil
}

func within(path, parent string) bool { return path == parent || strings.HasPrefix(path, parent+"/") }

func withinAny(path string, parents []string) bool {
	return slices.ContainsFunc(parents, func(parent string) bool { return within(path, parent) })
}

// isStandard tells whether the path belongs to the standard library: it does not begin with
// a domain.
func isStandard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

func list(paths []string) string {
	if len(paths) == 0 {
		return "nothing"
	}
	return strings.Join(paths, ", ")
}
