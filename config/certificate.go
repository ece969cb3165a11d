package config

import (
	"bytes"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"time"
)

const (
	certSetting = "TLS_CERT_FILE"
	keySetting  = "TLS_KEY_FILE"
	certBlock   = "CERTIFICATE"
	keyBlock    = "PRIVATE KEY"
	// derBegin is the first byte of certificates and keys in DER.
	derBegin = 0x30
)

// ReadCertificate reads the certificate of the server, with its chain, and its key. The error names the
// setting and the file, what is wrong with it and what to do.
func (h HTTP) ReadCertificate() (*tls.Certificate, error) {
	cert, err := readPEM(certSetting, h.CertFile)
	if err != nil {
		return nil, err
	}
	key, err := readPEM(keySetting, h.KeyFile)
	if err != nil {
		return nil, err
	}
	if !cert.has(certBlock) && cert.has(keyBlock) && key.has(certBlock) {
		return nil, fmt.Errorf("%s and %s are swapped: %s holds the key, and %s the certificate", certSetting, keySetting, h.CertFile, h.KeyFile)
	}
	switch {
	case !cert.has(certBlock):
		return nil, cert.without(certBlock, "the certificate of the server, and behind it those of its chain")
	case !key.has(keyBlock):
		return nil, key.without(keyBlock, "the key of the certificate")
	case key.isEncrypted():
		return nil, fmt.Errorf("%s: the key in %s is encrypted, and nobody can enter its passphrase: write it as openssl pkey does",
			keySetting, key.path)
	}
	pair, err := tls.X509KeyPair(cert.text, key.text)
	if err != nil {
		return nil, fmt.Errorf("%s, %s: the files %s and %s do not fit: %s; the first certificate must be that of the key",
			certSetting, keySetting, cert.path, key.path, strings.TrimPrefix(err.Error(), "tls: "))
	}
	return &pair, nil
}

// CertificateFault returns an error for a certificate that clients refuse at this time.
func (h HTTP) CertificateFault(pair *tls.Certificate, now time.Time) error {
	from, until := pair.Leaf.NotBefore.UTC(), pair.Leaf.NotAfter.UTC()
	switch {
	case now.After(until):
		return fmt.Errorf("%s: the certificate in %s expired at %s UTC, and clients refuse it: renew it, the server reads it again by itself",
			certSetting, h.CertFile, until.Format(time.DateTime))
	case now.Before(from):
		return fmt.Errorf("%s: the certificate in %s is not valid before %s UTC, and clients refuse it: look at the clock, or take another one",
			certSetting, h.CertFile, from.Format(time.DateTime))
	}
	return nil
}

// pemFile is a file with blocks of PEM (RFC 7468).
type pemFile struct {
	setting, path string
	text          []byte
	blocks        []*pem.Block
}

func readPEM(setting, path string) (pemFile, error) {
	f := pemFile{setting: setting, path: path}
	text, err := ReadFile(path, mebi)
	if err != nil {
		return f, fmt.Errorf("%s: cannot read %s: %s; name a file in PEM that the user of the server may read", setting, path, reason(err))
	}
	fault := foreignText(text)
	switch {
	case len(bytes.TrimSpace(text)) == 0:
		fault = "is empty"
	case text[0] == derBegin:
		fault = "is in DER"
	}
	if fault != "" {
		fault, _, _ = strings.Cut(fault, ", ")
		return f, fmt.Errorf("%s: %s %s; write it as PEM, in plain text", setting, path, fault)
	}
	f.text = text
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		f.blocks = append(f.blocks, block)
	}
	return f, nil
}

// has tells whether a block is of the kind: keys name their algorithm before it.
func (f pemFile) has(kind string) bool {
	for _, block := range f.blocks {
		if block.Type == kind || kind == keyBlock && strings.HasSuffix(block.Type, " "+kind) {
			return true
		}
	}
	return false
}

func (f pemFile) isEncrypted() bool {
	for _, block := range f.blocks {
		if strings.HasPrefix(block.Type, "ENCRYPTED ") || block.Headers["DEK-Info"] != "" {
			return true
		}
	}
	return false
}

// without is the error that the file lacks a block of the kind.
func (f pemFile) without(kind, meaning string) error {
	found := "no block of PEM"
	if len(f.blocks) > 0 {
		found = "a block " + f.blocks[0].Type
	}
	return fmt.Errorf("%s: %w of the kind %s in %s, but %s; it must hold %s", f.setting, errNoBlock, kind, f.path, found, meaning)
}

var errNoBlock = errors.New("there is no block")
