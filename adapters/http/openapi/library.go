package openapi

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/swaggest/swgui/v5/static"

	"github.com/eosc-perf/backend/adapters/http/representation"
)

// libraryFile is a file of the library that draws the page.
type libraryFile struct {
	name    string
	content []byte
	// packed is true if content is in gzip, as the library has its large files: nothing is
	// compressed for a request.
	packed bool
	tag    string
}

func readLibraryFile(name string) (libraryFile, error) {
	f := libraryFile{name: name}
	var err error
	if f.content, err = static.FS.ReadFile(name); errors.Is(err, fs.ErrNotExist) {
		f.packed = true
		f.content, err = static.FS.ReadFile(name + ".gz")
	}
	if err != nil {
		return libraryFile{}, fmt.Errorf("read a file of the library of the API page: %w", err)
	}
	sum := sha256.Sum256(f.content)
	f.tag = fmt.Sprintf("%x", sum[:8])
	return f, nil
}

// serve answers a read by RFC 9110, section 13.
func (f libraryFile) serve(c *gin.Context) {
	header, content, tag := c.Writer.Header(), f.content, f.tag
	if f.packed {
		header.Add("Vary", "Accept-Encoding")
	}
	switch {
	case f.packed && representation.Accepts(c.Request.Header, "gzip"):
		header.Set("Content-Encoding", "gzip")
		tag += "-gzip"
	case f.packed:
		var err error
		if content, err = f.unpacked(); err != nil {
			c.Status(http.StatusInternalServerError)
			return
		}
	}
	header.Set("ETag", `"`+tag+`"`)
	http.ServeContent(c.Writer, c.Request, f.name, time.Time{}, bytes.NewReader(content))
}

func (f libraryFile) unpacked() ([]byte, error) {
	reader, err := gzip.NewReader(bytes.NewReader(f.content))
	if err != nil {
		return nil, err
	}
	return io.ReadAll(reader)
}
