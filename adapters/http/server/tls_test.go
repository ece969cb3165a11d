package server_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"log/slog"
	"math/big"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/eosc-perf/backend/adapters/http/server"
)

// writeCertificate writes a new certificate with the serial number, and its key.
func writeCertificate(t *testing.T, folder string, serial int64, changed time.Time) (certFile, keyFile string) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(serial), Subject: pkix.Name{CommonName: "perf.example.org"}, NotAfter: time.Now().Add(time.Hour),
		IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
	}
	certificate, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	certFile, keyFile = filepath.Join(folder, "cert.pem"), filepath.Join(folder, "key.pem")
	for name, block := range map[string]*pem.Block{
		certFile: {Type: "CERTIFICATE", Bytes: certificate}, keyFile: {Type: "PRIVATE KEY", Bytes: private},
	} {
		if err := os.WriteFile(name, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(name, changed, changed); err != nil {
			t.Fatal(err)
		}
	}
	return certFile, keyFile
}

func pairIn(certFile, keyFile string) func() (*tls.Certificate, error) {
	return func() (*tls.Certificate, error) {
		pair, err := tls.LoadX509KeyPair(certFile, keyFile)
		return &pair, err
	}
}

func TestCertificateIsReadAgainWhenItChanges(t *testing.T) {
	folder, begun := t.TempDir(), time.Now().Add(-time.Hour)
	certFile, keyFile := writeCertificate(t, folder, 1, begun)
	certificate, err := server.LoadCertificate(certFile, keyFile, pairIn(certFile, keyFile), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := server.Start(listener, server.Options{Certificate: certificate}, slog.New(slog.DiscardHandler))
	t.Cleanup(s.Close)
	serial := func() int64 {
		t.Helper()
		connection, err := tls.Dial("tcp", s.Address().String(), &tls.Config{InsecureSkipVerify: true})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = connection.Close() }()
		return connection.ConnectionState().PeerCertificates[0].SerialNumber.Int64()
	}
	if got := serial(); got != 1 {
		t.Errorf("serial number %d, want 1", got)
	}
	await := func(what string, holds func() bool) {
		t.Helper()
		for end := time.Now().Add(30 * time.Second); !holds(); time.Sleep(50 * time.Millisecond) {
			if time.Now().After(end) {
				t.Fatal(what)
			}
		}
	}
	writeCertificate(t, folder, 2, begun.Add(time.Minute))
	await("the new certificate is not used", func() bool { return serial() == 2 })
	if err := os.WriteFile(certFile, []byte("no certificate"), 0o600); err != nil {
		t.Fatal(err)
	}
	time.Sleep(1100 * time.Millisecond) // until the server looks at the files again
	if got := serial(); got != 2 {
		t.Errorf("with a broken file the serial number is %d, want 2", got)
	}
	client := &http.Client{Transport: &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true, MaxVersion: tls.VersionTLS11}}}
	if _, err := client.Get("https://" + s.Address().String() + "/healthz"); err == nil {
		t.Error("TLS 1.1 is spoken")
	}
}

func TestUnusableCertificatesAreRefused(t *testing.T) {
	folder := t.TempDir()
	certFile, keyFile := writeCertificate(t, folder, 1, time.Now())
	_, otherKey := writeCertificate(t, t.TempDir(), 2, time.Now())
	for name, files := range map[string][2]string{
		"no file": {filepath.Join(folder, "none"), keyFile}, "another key": {certFile, otherKey}, "no key": {certFile, certFile},
	} {
		if _, err := server.LoadCertificate(files[0], files[1], pairIn(files[0], files[1]), slog.New(slog.DiscardHandler)); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
}
