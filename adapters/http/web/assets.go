package web

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"fmt"
	"net/http"
	"path"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

//go:embed assets
var assetFiles embed.FS

const assetsPath = Path + "/assets/"

// assets are the sheet, the script and the icon. Their addresses change with their content, so
// that browsers keep them.
type assets struct {
	// Style, Script and Icon are their paths below Path.
	Style, Script, Icon string
	contents            map[string][]byte
}

// loadAssets reads the files of the program, which are the same for every site.
var loadAssets = sync.OnceValues(readAssets)

func readAssets() (assets, error) {
	a := assets{contents: map[string][]byte{}}
	for name, address := range map[string]*string{"style.css": &a.Style, "app.js": &a.Script, "icon.svg": &a.Icon} {
		var content []byte
		for _, part := range append([]string{name}, moreParts[name]...) {
			text, err := assetFiles.ReadFile("assets/" + part)
			if err != nil {
				return a, fmt.Errorf("read a file of the pages: %w", err)
			}
			content = append(content, text...)
		}
		if name == "style.css" {
			content = compact(content)
		}
		sum := sha256.Sum256(content)
		extension := path.Ext(name)
		hashed := strings.TrimSuffix(name, extension) + "." + hex.EncodeToString(sum[:6]) + extension
		a.contents[hashed] = content
		*address = "assets/" + hashed
	}
	return a, nil
}

// moreParts are further files of a file.
var moreParts = map[string][]string{"style.css": {"forms.css"}, "app.js": {"forms.js"}}

var (
	comments = regexp.MustCompile(`(?s)/\*.*?\*/`)
	blankRun = regexp.MustCompile(`\s+`)
	around   = regexp.MustCompile(` ?([{};,>]) ?`)
	// declared is the blank behind the name of a property: selectors have none behind a colon.
	declared = regexp.MustCompile(`([a-z0-9-]): `)
	// sibling is the sign between siblings: a sum has a number behind its sign.
	sibling = regexp.MustCompile(` \+ ([.:*a-z])`)
	lastOne = regexp.MustCompile(`;}`)
	// opening is the begin of a media query.
	opening = regexp.MustCompile(`@(media|supports|container) \(`)
)

// compact leaves out the comments of a style sheet, and the blanks that mean nothing.
func compact(sheet []byte) []byte {
	sheet = blankRun.ReplaceAll(comments.ReplaceAll(sheet, nil), []byte(" "))
	sheet = opening.ReplaceAll(sheet, []byte("@$1("))
	sheet = sibling.ReplaceAll(sheet, []byte("+$1"))
	sheet = lastOne.ReplaceAll(around.ReplaceAll(sheet, []byte("$1")), []byte("}"))
	return shortNames(bytes.TrimSpace(declared.ReplaceAll(sheet, []byte("$1:"))))
}

// property is the name of a custom property.
var property = regexp.MustCompile(`--[a-z][a-z0-9-]*`)

// shortNames gives custom properties names of one or two letters: only the sheet uses them.
func shortNames(sheet []byte) []byte {
	const letters = "abcdefghijklmnopqrstuvwxyz"
	names := map[string]string{}
	return property.ReplaceAllFunc(sheet, func(name []byte) []byte {
		short, ok := names[string(name)]
		if !ok {
			n := len(names)
			short = "--" + letters[n%len(letters):n%len(letters)+1]
			if n >= len(letters) {
				short += strconv.Itoa(n / len(letters))
			}
			names[string(name)] = short
		}
		return []byte(short)
	})
}

var assetTypes = map[string]string{
	".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml",
}

// ServeHTTP implements http.Handler.
func (a assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	name := strings.TrimPrefix(r.URL.Path, assetsPath)
	content, ok := a.contents[name]
	if !ok {
		http.Error(w, "There is no such file.", http.StatusNotFound)
		return
	}
	w.Header().Set("Cache-Control", "public, max-age=31536000, immutable")
	w.Header().Set("Content-Type", assetTypes[path.Ext(name)])
	_, _ = w.Write(content) // after an error the client has disconnected
}
