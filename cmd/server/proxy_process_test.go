package main

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
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// proxied is the real server behind a real reverse proxy, which has TLS.
type proxied struct {
	*testServer
	// origin is the proxy's address, without the prefix.
	origin string
}

// proxyPrefix is the prefix that the proxies' files have.
const proxyPrefix = "/api/v1"

// clientAddress is one that nothing else here has.
const clientAddress = "127.0.0.2"

// behind starts the server, and in front of it a proxy with the file of a
// deployment, whose variables are filled in.
func behind(t *testing.T, proxy func(t *testing.T, file string, variables map[string]string), file string, settings map[string]string) *proxied {
	t.Helper()
	settings["BACKEND_ROUTE"], settings["TRUSTED_PROXIES"], settings["DATA_DIR"] = proxyPrefix, "127.0.0.1", t.TempDir()
	s := start(t, settings)
	address, folder := freeAddress(t), t.TempDir()
	roots := writeCertificate(t, folder)
	proxy(t, file, map[string]string{
		"LISTEN_HTTPS": address, "SERVER_NAME": "perf.example.org", "BACKEND": strings.TrimPrefix(s.base, "http://"), "RESOLVER": "127.0.0.1",
		"CERTIFICATE_FILE": folder + "/certificate.pem", "CERTIFICATE_KEY_FILE": folder + "/certificate.pem",
	})
	transport := &http.Transport{
		TLSClientConfig:       &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12},
		DialContext:           (&net.Dialer{LocalAddr: &net.TCPAddr{IP: net.ParseIP(clientAddress)}}).DialContext,
		ExpectContinueTimeout: time.Minute,
	}
	t.Cleanup(transport.CloseIdleConnections)
	p := &proxied{origin: "https://" + address}
	p.testServer = &testServer{t: t, base: p.origin + proxyPrefix, logs: s.logs, tokens: map[string]string{}, through: transport}
	eventually(t, "an answer through the proxy", func() bool {
		response, err := (&http.Client{Transport: transport}).Get(p.base + "/healthz")
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
	configuration := fmt.Sprintf("%s daemon off; pid %s/pid; error_log stderr notice;\nevents {}\nhttp { access_log off;\n%s%s}\n", user, folder, temporary, filled)
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
	output := &lockedBuffer{}
	command := exec.CommandContext(t.Context(), strings.TrimSpace(shell(t, "scripts/reverse-proxy "+name+" 2>&1 | tail -n 1")), args...)
	command.Env = append(os.Environ(), environ...)
	command.Stdout, command.Stderr = output, output
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 5 * time.Second
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = command.Wait() // it was interrupted
		if t.Failed() {
			t.Logf("%s says\n%s", name, output.tail(4000))
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
