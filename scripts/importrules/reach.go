package importrules

import (
	"fmt"
	"go/ast"
	"go/token"
	"go/types"
	"slices"
	"strings"
)

// unreachable are the packages whose types no expression of a command may have, however
// the command comes by the expression: commands wire storage, and do not work with its
// connections, rows and statements.
var unreachable = []string{"gorm.io", "github.com/jackc", "database/sql"}

// reaches returns one line for each expression of a package that has one of the types.
func reaches(files *token.FileSet, info *types.Info) []string {
	var out []string
	for expression, found := range info.Types {
		if name := unreachableIn(found.Type); name != "" {
			place := files.Position(expression.Pos())
			out = append(out, fmt.Sprintf("%s:%d: the type of %s has %s", place.Filename, place.Line, types.ExprString(expression), name))
		}
	}
	slices.Sort(out)
	return out
}

// unreachableIn returns the name of an unreachable type that a type is made of, "" if
// there is none. It does not look into named types: a store may have a connection.
func unreachableIn(of types.Type) string {
	switch t := types.Unalias(of).(type) {
	case *types.Named:
		return unreachableNamed(t)
	case *types.Pointer:
		return unreachableIn(t.Elem())
	case *types.Slice:
		return unreachableIn(t.Elem())
	case *types.Array:
		return unreachableIn(t.Elem())
	case *types.Chan:
		return unreachableIn(t.Elem())
	case *types.Map:
		return firstOf(unreachableIn(t.Key()), unreachableIn(t.Elem()))
	case *types.Signature:
		return firstOf(unreachableIn(t.Params()), unreachableIn(t.Results()))
	case *types.Tuple:
		for variable := range t.Variables() {
			if name := unreachableIn(variable.Type()); name != "" {
				return name
			}
		}
	case *types.Struct:
		for field := range t.Fields() {
			if name := unreachableIn(field.Type()); name != "" {
				return name
			}
		}
	case *types.Interface:
		for method := range t.ExplicitMethods() {
			if name := unreachableIn(method.Type()); name != "" {
				return name
			}
		}
	}
	return ""
}

func unreachableNamed(t *types.Named) string {
	if pkg := t.Obj().Pkg(); pkg != nil && withinAny(pkg.Path(), unreachable) {
		return pkg.Path() + "." + t.Obj().Name()
	}
	for argument := range t.TypeArgs().Types() {
		if name := unreachableIn(argument); name != "" {
			return name
		}
	}
	return ""
}

func firstOf(names ...string) string {
	for _, name := range names {
		if name != "" {
			return name
		}
	}
	return ""
}

// isCommand is true for the packages of commands.
func isCommand(pkg string) bool { return strings.HasPrefix(pkg, Module+"/cmd/") }

// checked returns the types of all expressions of a package.
func checked(pkg string, files *token.FileSet, sources []*ast.File, importer types.Importer) (*types.Info, error) {
	info := &types.Info{Types: map[ast.Expr]types.TypeAndValue{}}
	if _, err := (&types.Config{Importer: importer}).Check(pkg, files, sources, info); err != nil {
		return nil, fmt.Errorf("check the types of %s: %w", pkg, err)
	}
	return info, nil
}
