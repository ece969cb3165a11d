package oidc

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/zitadel/oidc/v3/pkg/oidc"
)

const (
	// keysAge is how long keys are used without looking whether they still are the provider's.
	keysAge = time.Hour
	// keysPause is how long they are used even if they do not fit a token: an
	// unknown key may be a new one, but strangers can make up as many as they like.
	keysPause = 10 * time.Second
)

// keySet holds the keys with which a provider signs. Unlike the library's
// remote key set it does not fetch anew for each token that does not fit, and
// tells a provider that is away from a signature that is wrong.
type keySet struct {
	keys *fetched[[]jose.JSONWebKey]
}

func newKeySet(client *http.Client, address string, now func() time.Time) *keySet {
	fetch := func(ctx context.Context) (*[]jose.JSONWebKey, error) { return fetchKeys(ctx, client, address) }
	return &keySet{keys: &fetched[[]jose.JSONWebKey]{fetch: fetch, now: now}}
}

// VerifySignature returns the payload if one of the provider's keys signed it.
// The error is Unavailable if the provider cannot tell its keys. It implements
// oidc.KeySet.
func (k *keySet) VerifySignature(ctx context.Context, jws *jose.JSONWebSignature) ([]byte, error) {
	keys, err := k.keys.get(ctx, keysAge)
	if keys == nil {
		return nil, err
	}
	if payload, err := verifyWith(*keys, jws); err == nil {
		return payload, nil
	}
	if keys, err = k.keys.get(ctx, keysPause); err != nil {
		return nil, err
	}
	return verifyWith(*keys, jws)
}

func verifyWith(keys []jose.JSONWebKey, jws *jose.JSONWebSignature) ([]byte, error) {
	id, algorithm := oidc.GetKeyIDAndAlg(jws)
	key, err := oidc.FindMatchingKey(id, oidc.KeyUseSignature, algorithm, keys...)
	if err != nil {
		return nil, fmt.Errorf("find the provider's key: %w", err)
	}
	return jws.Verify(&key)
}

func fetchKeys(ctx context.Context, client *http.Client, address string) (*[]jose.JSONWebKey, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, away(fmt.Errorf("make request for keys: %w", err))
	}
	answer, err := ask(client, req)
	if err != nil {
		return nil, err
	}
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := answer.decode(&set); err != nil {
		return nil, away(fmt.Errorf("read keys of %s: %w", address, err))
	}
	keys := make([]jose.JSONWebKey, 0, len(set.Keys))
	for _, raw := range set.Keys {
		var key jose.JSONWebKey
		// A key of a kind that we do not know is none of ours.
		if key.UnmarshalJSON(raw) == nil {
			keys = append(keys, key)
		}
	}
	return &keys, nil
}
