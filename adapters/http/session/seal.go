package session

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
)

// Sealer encrypts and authenticates texts (AES-256-GCM).
type Sealer struct {
	// keys open texts; the first one also seals.
	keys []cipher.AEAD
}

// sealVersion begins every sealed text.
const sealVersion = "1."

var errUnsealed = errors.New("the text is not sealed by a key of this server")

// NewSealer returns a sealer for a purpose. Keys for other purposes do not open its texts.
// Secrets are the current one and earlier ones, of which empty ones are left out.
func NewSealer(purpose string, secrets ...string) (*Sealer, error) {
	s := &Sealer{}
	for _, secret := range secrets {
		if secret == "" {
			continue
		}
		const size = 32
		key, err := hkdf.Key(sha256.New, []byte(secret), nil, "eosc-perf "+purpose, size)
		if err != nil {
			return nil, fmt.Errorf("derive a key: %w", err)
		}
		block, err := aes.NewCipher(key)
		if err != nil {
			return nil, fmt.Errorf("make a cipher: %w", err)
		}
		sealing, err := cipher.NewGCM(block)
		if err != nil {
			return nil, fmt.Errorf("make a cipher: %w", err)
		}
		s.keys = append(s.keys, sealing)
	}
	if len(s.keys) == 0 {
		return nil, errors.New("there is no secret to derive keys from")
	}
	return s, nil
}

// Seal seals a text. It can be opened for the same place only.
func (s *Sealer) Seal(text []byte, place string) string {
	nonce := make([]byte, s.keys[0].NonceSize())
	_, _ = rand.Read(nonce) // it never fails
	return sealVersion + base64.RawURLEncoding.EncodeToString(s.keys[0].Seal(nonce, nonce, text, []byte(place)))
}

// Open opens a text that was sealed for the place.
func (s *Sealer) Open(sealed, place string) ([]byte, error) {
	encoded, ok := strings.CutPrefix(sealed, sealVersion)
	if !ok {
		return nil, errUnsealed
	}
	text, err := base64.RawURLEncoding.DecodeString(encoded)
	if err != nil {
		return nil, errUnsealed
	}
	for _, key := range s.keys {
		if len(text) < key.NonceSize() {
			break
		}
		if opened, err := key.Open(nil, text[:key.NonceSize()], text[key.NonceSize():], []byte(place)); err == nil {
			return opened, nil
		}
	}
	return nil, errUnsealed
}
