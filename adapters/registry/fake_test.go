package registry

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	realregistry "github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// image and tag are in every registry that stocked returns.
const image, tag = "team/image", "1.0"

// stocked is a real registry that holds an image.
func stocked(t *testing.T) http.Handler {
	t.Helper()
	handler := realregistry.New(realregistry.Logger(log.New(io.Discard, "", 0)))
	reference, err := name.NewTag(serve(t, handler) + "/" + image + ":" + tag)
	if err == nil {
		err = remote.Write(reference, empty.Image)
	}
	if err != nil {
		t.Fatal(err)
	}
	return handler
}

// serve returns the address, 127.0.0.1:PORT, where the handler is served.
func serve(t *testing.T, handler http.Handler) string {
	t.Helper()
	server := httptest.NewServer(handler)
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// localhost is the address by name: the library sends nobody who is at one
// address to another that is a number.
func localhost(address string) string { return strings.Replace(address, "127.0.0.1", "localhost", 1) }

// withTokens lets nobody at the registry without a token, which the realm gives out.
func withTokens(realm string, registry http.Handler) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer anonymous" {
			w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm=%q,service="registry"`, realm))
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		registry.ServeHTTP(w, r)
	}
}

// tokens gives a token to everybody who asks to pull.
func tokens(w http.ResponseWriter, r *http.Request) {
	if !strings.HasSuffix(r.URL.Query().Get("scope"), ":pull") {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	_, _ = io.WriteString(w, `{"token":"anonymous"}`)
}

// forbidden is an address that nobody may connect to.
type forbidden struct {
	address     string
	connections atomic.Int32
}

func forbiddenAddress(t *testing.T) *forbidden {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	f := &forbidden{address: listener.Addr().String()}
	go func() {
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			f.connections.Add(1)
			_ = connection.Close()
		}
	}()
	return f
}
