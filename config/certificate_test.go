package config_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/eosc-perf/backend/config"
)

// certificateFor returns a certificate that is valid until then, and its key, in PEM.
func certificateFor(t *testing.T, until time.Time) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: until.Add(-time.Hour), NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	keyDER, err := x509.MarshalECPrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der})),
		string(pem.EncodeToMemory(&pem.Block{Type: "EC PRIVATE KEY", Bytes: keyDER}))
}

func TestFilesOfTheCertificateSayWhatIsWrong(t *testing.T) {
	now := time.Now()
	cert, key := certificateFor(t, now.Add(time.Minute))
	other, otherKey := certificateFor(t, now.Add(time.Minute))
	expired, expiredKey := certificateFor(t, now.Add(-time.Minute))
	later, laterKey := certificateFor(t, now.Add(2*time.Hour))
	block, _ := pem.Decode([]byte(cert))
	crlf := func(text string) string { return strings.ReplaceAll(text, "\n", "\r\n") }
	const bom = "\xef\xbb\xbf"
	for name, test := range map[string]struct{ cert, key, want string }{
		"both":                       {cert, key, ""},
		"line ends of Windows":       {crlf(cert), crlf(key), ""},
		"a chain":                    {cert + other, key, ""},
		"both in each file":          {cert + key, cert + key, ""},
		"a byte order mark":          {bom + cert, key, "TLS_CERT_FILE: {cert} begins with a byte order mark; write"},
		"a byte order mark, key":     {cert, bom + key, "TLS_KEY_FILE: {key} begins with a byte order mark; write"},
		"UTF-16":                     {"\xff\xfe-\x00", key, "TLS_CERT_FILE: {cert} is UTF-16"},
		"DER":                        {string(block.Bytes), key, "TLS_CERT_FILE: {cert} is in DER; write it as PEM"},
		"empty":                      {"", key, "TLS_CERT_FILE: {cert} is empty"},
		"blanks":                     {cert, " \r\n", "TLS_KEY_FILE: {key} is empty"},
		"swapped":                    {key, cert, "TLS_CERT_FILE and TLS_KEY_FILE are swapped"},
		"no PEM":                     {"secret", key, "in {cert}, but no block of PEM"},
		"the certificate twice":      {cert, cert, "TLS_KEY_FILE: there is no block of the kind PRIVATE KEY in {key}, but a block CERTIFICATE"},
		"an encrypted key":           {cert, strings.ReplaceAll(key, "EC P", "ENCRYPTED P"), "TLS_KEY_FILE: the key in {key} is encrypted"},
		"another key":                {cert, otherKey, "the files {cert} and {key} do not fit"},
		"the chain in another order": {other + cert, key, "the first certificate must be that of the key"},
		"cut off":                    {cert[:len(cert)/2], key, "in {cert}, but no block of PEM"},
		"expired":                    {expired, expiredKey, "TLS_CERT_FILE: the certificate in {cert} expired at "},
		"not valid yet":              {later, laterKey, "TLS_CERT_FILE: the certificate in {cert} is not valid before "},
		"a directory":                {"/", key, "TLS_CERT_FILE: cannot read {cert}: is a directory"},
		"no file":                    {cert, "none", "TLS_KEY_FILE: cannot read {key}: no such file or directory"},
	} {
		files := config.HTTP{CertFile: filepath.Join(t.TempDir(), "cert.pem"), KeyFile: filepath.Join(t.TempDir(), "key.pem")}
		for path, text := range map[string]string{files.CertFile: test.cert, files.KeyFile: test.key} {
			var err error
			switch text {
			case "/":
				err = os.Mkdir(path, 0o700)
			case "none":
			default:
				err = os.WriteFile(path, []byte(text), 0o600)
			}
			if err != nil {
				t.Fatal(err)
			}
		}
		want := strings.NewReplacer("{cert}", files.CertFile, "{key}", files.KeyFile).Replace(test.want)
		pair, err := files.ReadCertificate()
		if err == nil {
			err = files.CertificateFault(pair, now)
		}
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v\nwant %q", name, err, want)
		}
	}
}

func TestNobodyWaitsForAPipeThatIsHeldOpen(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Fatal(err)
	}
	writer, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = writer.Close() }()
	if _, err = config.ReadFile(path, 100); err == nil || !strings.Contains(err.Error(), "it is a pipe") {
		t.Errorf("%v, want that nobody writes", err)
	}
	if _, err := writer.WriteString("secret"); err != nil {
		t.Fatal(err)
	}
}
