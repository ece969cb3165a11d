package operation_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/eosc-perf/backend/tests/harness"
	"github.com/eosc-perf/backend/tests/process"
)

// proxied is the real server behind a real reverse proxy, which has TLS.
type proxied struct {
	*harness.Server
	// origin is the proxy's address, without the prefix.
	origin string
}

// proxyPrefix is the prefix that the proxies' files have.
const proxyPrefix = "/api/v1"

// clientAddress is one that nothing else here has.
const clientAddress = "127.0.0.2"

// behind starts the server, and in front of it a proxy with the file of a
// deployment, whose variables are filled in.
func behind(
	t *testing.T, proxy func(t *testing.T, file string, variables map[string]string), file string, settings harness.Settings,
) *proxied {
	t.Helper()
	s := harness.Start(
		t,
		harness.SQLite(t).With(harness.Settings{"BACKEND_ROUTE": proxyPrefix, "TRUSTED_PROXIES": "127.0.0.1"}).With(settings),
	)
	address, folder := process.FreeAddress(t), t.TempDir()
	roots := writeCertificate(t, folder)
	proxy(t, file, map[string]string{
		"LISTEN_HTTPS": address, "SERVER_NAME": "perf.example.org", "BACKEND": strings.TrimPrefix(s.Base, "http://"), "RESOLVER": "127.0.0.1",
		"CERTIFICATE_FILE": folder + "/certificate.pem", "CERTIFICATE_KEY_FILE": folder + "/certificate.pem",
	})
	transport := &http.Transport{
		TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		DialContext:     (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(clientAddress)}}).DialContext,
	}
	t.Cleanup(transport.CloseIdleConnections)
	p := &proxied{origin: "https://" + address}
	p.Server = harness.At(t, p.origin+proxyPrefix, s.Logs)
	p.Transport = transport
	process.Eventually(t, "an answer through the proxy", func() bool {
		response, err := (&http.Client{Transport: transport}).Get(p.Base + "/healthz")
		if err != nil {
			return false
		}
		_ = response.Body.Close()
		return response.StatusCode == http.StatusOK
	})
	return p
}

// startNginx runs nginx with nothing but this file of servers.
func startNginx(t *testing.T, file string, variables map[string]string) {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	filled := string(text)
	for name, value := range variables {
		filled = strings.ReplaceAll(filled, "${"+name+"}", value)
	}
	folder := t.TempDir()
	user := ""
	if os.Geteuid() == 0 {
		user = "user root;"
	}
	temporary := ""
	for _, what := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		temporary += fmt.Sprintf("%s_temp_path %s/%s;\n", what, folder, what)
	}
	configuration := fmt.Sprintf(
		"%s daemon off; pid %s/pid; error_log stderr notice;\nevents {}\nhttp { access_log off;\n%s%s}\n", user, folder,
		temporary, filled,
	)
	path := filepath.Join(folder, "nginx.conf")
	if err := os.WriteFile(path, []byte(configuration), 0o600); err != nil {
		t.Fatal(err)
	}
	startProxy(t, "nginx", nil, "-p", folder, "-e", "stderr", "-c", path)
}

func startHAProxy(t *testing.T, file string, variables map[string]string) {
	t.Helper()
	var environ []string
	for name, value := range variables {
		environ = append(environ, name+"="+value)
	}
	startProxy(t, "haproxy", environ, "-db", "-f", file)
}

func startProxy(t *testing.T, name string, environ []string, args ...string) {
	t.Helper()
	path := process.Shell(t, "scripts/reverse-proxy "+name+" 2>&1 | tail -n 1")
	p := process.Start(t, strings.TrimSpace(path), environ, args...)
	t.Cleanup(func() {
		p.Signal(t, syscall.SIGTERM) // so that it ends its own processes
		p.ExitCode(t)
		if t.Failed() {
			t.Logf("%s says\n%s", name, p.Output.Tail(4000))
		}
	})
}

// writeCertificate makes a certificate for 127.0.0.1, and the pool that trusts it.
func writeCertificate(t *testing.T, folder string) *x509.CertPool {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		IsCA: true, BasicConstraintsValid: true,
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text := append(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: certificate}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private})...)
	if err := os.WriteFile(filepath.Join(folder, "certificate.pem"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(text)
	return pool
}
