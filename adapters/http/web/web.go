package web

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"github.com/eosc-perf/backend/adapters/http/fair"
	"github.com/eosc-perf/backend/adapters/http/representation"
	"github.com/eosc-perf/backend/adapters/http/router"
	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/service"
)

// Path is where the pages are, below the public prefix.
const Path = "/ui"

// Config is what the pages need.
type Config struct {
	Services *service.Services
	Log      *slog.Logger
	// Version is that of the program.
	Version string
	// PublicURL is the public address of the service, prefix included and without a slash at
	// the end: for citations, the feed and commands to copy. If it is empty, the address of
	// the request counts.
	PublicURL string
	// ExportTimeout is how long a file of all results may take, reading by the client included.
	ExportTimeout time.Duration
	// Shares admit requests.
	Shares *fair.Shares
	// Rates count requests; nil for no limits.
	Rates *fair.Rates
	// Answers sends pages.
	Answers representation.Answers
	// Documents bounds documents in forms.
	Documents document.Limits
	// Operation is what administrators see of the server.
	Operation Operation
	// KeepForm keeps what a visitor has entered on a page over a login, and TakeForm returns it;
	// both before the answer's body is written. Nil keeps nothing.
	KeepForm func(ctx context.Context, w http.ResponseWriter, page string, form url.Values) error
	TakeForm func(ctx context.Context, w http.ResponseWriter, page string) (form url.Values, ok bool)
	// APIPage shows the API, at Path/api; nil for none.
	APIPage http.Handler
	// Visitor tells who asks; nil for nobody but strangers.
	Visitor func(context.Context) Visitor
	// Guard finds out who asks, refuses changes that other sites ask for, and serves the pages
	// of the login in the frame; nil for none of that.
	Guard func(*Site) http.Handler
}

// Site serves the pages.
type Site struct {
	config Config
	// prefix is that of the public addresses, without a slash at the end; pages are also found without it.
	prefix    string
	pages     *pages
	assets    assets
	routes    *http.ServeMux
	streaming []string
	// formats are those of the pages, by the pattern of their routes.
	formats map[string][]string
	// shares are the values that documents have.
	shares *pathShares
	// renderings has a place for each figure that is drawn.
	renderings chan struct{}
	// cache keeps pages, as long as the data are the same.
	cache *cache
	// guarded are the pages behind Config.Guard.
	guarded http.Handler
}

// New returns the pages. It fails if a template is wrong.
func New(c Config) (*Site, error) {
	if c.Visitor == nil {
		c.Visitor = func(context.Context) Visitor { return Visitor{} }
	}
	assets, err := loadAssets()
	if err != nil {
		return nil, err
	}
	pages, err := loadPages()
	if err != nil {
		return nil, err
	}
	s := &Site{
		config: c, pages: pages, assets: assets, routes: http.NewServeMux(), renderings: make(chan struct{}, mostRenderings),
		cache: newCache(), shares: newPathShares(), formats: map[string][]string{},
	}
	s.register()
	for _, format := range exportFormats {
		s.streaming = append(s.streaming, Path+"/results."+format)
	}
	s.guarded = s
	if c.Guard != nil {
		s.guarded = c.Guard(s)
	}
	return s, nil
}

// Mount serves the pages below Path. They have no CORS headers, and their own security headers.
func Mount(c Config) func(*router.Router) error {
	return func(r *router.Router) error {
		s, err := New(c)
		if err != nil {
			return err
		}
		s.prefix = r.Prefix()
		r.Handle(http.MethodGet, Path, func(c *gin.Context) {
			c.Header("Location", r.Prefix()+Path+"/")
			c.Status(http.StatusMovedPermanently)
		})
		r.Mount(Path, s.stream, c.Answers.Handle, gin.WrapH(s.guarded))
		return nil
	}
}

// stream answers requests whose answers are sent while they are made: they pass no buffer.
func (s *Site) stream(c *gin.Context) {
	for _, suffix := range s.streaming {
		if strings.HasSuffix(c.Request.URL.Path, suffix) {
			s.guarded.ServeHTTP(c.Writer, c.Request)
			c.Abort()
			return
		}
	}
}

// policy lets pages use what this server serves, and nothing else. Forms may go to this server
// only; no other site may show the pages in a frame.
const policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; " +
	"base-uri 'none'; frame-ancestors 'none'"

// ServeHTTP serves a page by its path, which begins with Path.
func (s *Site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	protect(w.Header())
	s.routes.ServeHTTP(w, withoutFormat(r))
}

// protect sets the headers of every page.
func protect(header http.Header) {
	header.Set("Content-Security-Policy", policy)
	header.Set("X-Content-Type-Options", "nosniff")
	header.Set("Referrer-Policy", "same-origin")
}
