package registry

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"slices"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/remote/transport"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

var _ ports.ImageRegistry = (*Client)(nil)

const (
	// DefaultTimeout bounds one look-up in all: registry, token and redirects.
	DefaultTimeout = 5 * time.Second
	// retryAfter is when a registry that is away, or wants us to be slower, may answer.
	retryAfter = 30 * time.Second
)

// Config says whom to ask.
type Config struct {
	// Registries are HOST or HOST:PORT in lower case, as image names spell them;
	// docker.io is Docker Hub. The hosts that give out the tokens of Docker Hub and
	// of GitLab are known; another registry's, if they are not its own, are listed
	// beside it.
	Registries []string
	// Timeout of 0 means DefaultTimeout.
	Timeout time.Duration
	// Logger is told why a look-up failed. Nil logs nothing.
	Logger *slog.Logger
}

// Client asks registries. It is safe for concurrent use.
type Client struct {
	registries []string
	timeout    time.Duration
	log        *slog.Logger
	guard      *guard
}

// New makes a client; it contacts nobody yet.
func New(c Config) *Client { return newClient(c, newTransport()) }

func newClient(c Config, next http.RoundTripper) *Client {
	client := &Client{registries: c.Registries, timeout: c.Timeout, log: c.Logger, guard: newGuard(c.Registries, next)}
	if client.timeout == 0 {
		client.timeout = DefaultTimeout
	}
	if client.log == nil {
		client.log = slog.New(slog.DiscardHandler)
	}
	return client
}

// Digest implements ports.ImageRegistry. It asks without an account, once, and
// answers within the timeout.
func (c *Client) Digest(ctx context.Context, image, tag string) (string, error) {
	reference, err := c.parse(image, tag)
	if err != nil {
		return "", err
	}
	ctx, cancel := context.WithTimeout(ctx, c.timeout)
	defer cancel()
	found, err := remote.Head(reference, remote.WithContext(ctx), remote.WithTransport(newBudget(c.guard)), remote.WithUserAgent("eosc-perf"),
		// One attempt: whoever waits for the answer can ask again.
		remote.WithRetryPredicate(func(error) bool { return false }), remote.WithRetryStatusCodes())
	if err == nil {
		return found.Digest.String(), nil
	}
	c.report(ctx, reference, err)
	return "", verdict(reference, err)
}

// Exists returns nil if everybody may pull the image, else the error of Digest.
func (c *Client) Exists(ctx context.Context, image, tag string) error {
	_, err := c.Digest(ctx, image, tag)
	return err
}

// report logs why an image was not found. That a registry leads elsewhere is for
// the operator to change.
func (c *Client) report(ctx context.Context, reference name.Tag, err error) {
	level := slog.LevelInfo
	if _, strayed := errors.AsType[*strayError](err); strayed {
		level = slog.LevelWarn
	}
	c.log.Log(ctx, level, "a container image was not found", "image", reference.String(), "error", err)
}

// verdict says what a failed look-up means: there is no such image, or that
// cannot be told now.
func verdict(reference name.Tag, err error) error {
	if _, strayed := errors.AsType[*strayError](err); strayed {
		return domain.Invalidf("registry %s sends us on to a host that is not allowed here", registryName(reference))
	}
	answer, ok := errors.AsType[*transport.Error](err)
	if ok && isRefusal(answer) {
		return domain.Invalidf("registry %s has no image of that name and tag that everybody may pull", registryName(reference))
	}
	return domain.UnavailableFor(retryAfter, "The registry of the container image does not answer properly at the moment", err)
}

// isRefusal tells whether the registry says that an anonymous caller gets no such
// image: by 404, or, where it does not tell private images from missing ones, by
// 401 or 403; 400 is a name that it does not have. The token may be refused
// already. Whatever it says before it was asked for the image means nothing.
func isRefusal(answer *transport.Error) bool {
	if answer.Request == nil {
		return false
	}
	refusals := []int{http.StatusBadRequest, http.StatusUnauthorized, http.StatusForbidden}
	if answer.Request.Method == http.MethodHead {
		return answer.StatusCode == http.StatusNotFound || slices.Contains(refusals, answer.StatusCode)
	}
	return answer.Request.URL.Query().Has("scope") && slices.Contains(refusals, answer.StatusCode)
}
