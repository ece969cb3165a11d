package audit

import (
	"crypto/ed25519"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/eosc-perf/backend/core/document"
	"github.com/eosc-perf/backend/core/domain"
)

// Sign returns a checkpoint at the head.
func Sign(key ed25519.PrivateKey, kind domain.CheckpointKind, head domain.AuditHead, at time.Time) domain.AuditCheckpoint {
	public, _ := key.Public().(ed25519.PublicKey)
	c := domain.AuditCheckpoint{AuditHead: head, Kind: kind, At: at, Key: KeyID(public)}
	c.Signature = base64.StdEncoding.EncodeToString(ed25519.Sign(key, signed(c)))
	return c
}

// IsSignedBy tells whether the signature of a checkpoint is that of the key.
func IsSignedBy(key ed25519.PublicKey, c domain.AuditCheckpoint) bool {
	signature, err := base64.StdEncoding.DecodeString(c.Signature)
	return err == nil && c.Key == KeyID(key) && ed25519.Verify(key, signed(c), signature)
}

// signed is the text that a signature is about, in the form of RFC 8785.
func signed(c domain.AuditCheckpoint) []byte {
	text := document.AppendText([]byte(`{"hash":`), c.Hash)
	text = document.AppendText(append(text, `,"key":`...), c.Key)
	text = document.AppendText(append(text, `,"kind":`...), string(c.Kind))
	text = strconv.AppendInt(append(text, `,"seq":`...), c.Seq, 10)
	text = document.AppendText(append(text, `,"time":`...), domain.PrintTime(c.At))
	return append(text, '}')
}

// KeyID identifies a public key.
func KeyID(key ed25519.PublicKey) string {
	sum := sha256.Sum256(key)
	return hex.EncodeToString(sum[:8])
}

var errNoKey = errors.New("it is not an Ed25519 key in PEM: `admin audit keygen` writes one")

// NewKey returns a new key pair in PEM: the private key (PKCS #8) and the public key (PKIX).
func NewKey() (private, public []byte, err error) {
	publicKey, privateKey, err := ed25519.GenerateKey(nil)
	if err != nil {
		return nil, nil, fmt.Errorf("make a key: %w", err)
	}
	privateBytes, err := x509.MarshalPKCS8PrivateKey(privateKey)
	if err != nil {
		return nil, nil, fmt.Errorf("encode the private key: %w", err)
	}
	publicBytes, err := x509.MarshalPKIXPublicKey(publicKey)
	if err != nil {
		return nil, nil, fmt.Errorf("encode the public key: %w", err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: privateBytes}),
		pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: publicBytes}), nil
}

// ParseKey reads a private key as NewKey writes it.
func ParseKey(text []byte) (ed25519.PrivateKey, error) {
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errNoKey
	}
	parsed, err := x509.ParsePKCS8PrivateKey(block.Bytes)
	if err != nil {
		return nil, errNoKey
	}
	key, ok := parsed.(ed25519.PrivateKey)
	if !ok {
		return nil, errNoKey
	}
	return key, nil
}

// ParsePublicKey reads a public key, or the public key of a private one, as NewKey writes
// them.
func ParsePublicKey(text []byte) (ed25519.PublicKey, error) {
	if private, err := ParseKey(text); err == nil {
		public, _ := private.Public().(ed25519.PublicKey)
		return public, nil
	}
	block, _ := pem.Decode(text)
	if block == nil {
		return nil, errNoKey
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	if err != nil {
		return nil, errNoKey
	}
	key, ok := parsed.(ed25519.PublicKey)
	if !ok {
		return nil, errNoKey
	}
	return key, nil
}
