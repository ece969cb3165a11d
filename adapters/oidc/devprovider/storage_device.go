package devprovider

import (
	"context"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// device waits for somebody to allow it in.
type device struct {
	clientID string
	scopes   []string
	expires  time.Time
	// subject is empty until somebody has.
	subject  string
	signedIn time.Time
}

// StoreDeviceAuthorization stores a device that waits for a sign-in.
func (s *storage) StoreDeviceAuthorization(
	_ context.Context, clientID, deviceCode, userCode string, expires time.Time, scopes []string,
) error {
	s.devices.put(deviceCode, device{clientID: clientID, scopes: orAllScopes(scopes), expires: expires})
	s.userCode.put(plainCode(userCode), deviceCode)
	return nil
}

// GetDeviceAuthorizatonState returns the state of a device. A device that was allowed in
// is returned once.
func (s *storage) GetDeviceAuthorizatonState(_ context.Context, clientID, deviceCode string) (*op.DeviceAuthorizationState, error) {
	d, _, ok := s.devices.get(deviceCode)
	if !ok || d.clientID != clientID {
		return nil, oidc.ErrExpiredDeviceCode()
	}
	if d.subject != "" {
		if d, ok = s.devices.take(deviceCode); !ok {
			return nil, oidc.ErrExpiredDeviceCode()
		}
	}
	return &op.DeviceAuthorizationState{
		ClientID: d.clientID, Scopes: d.scopes, Expires: d.expires,
		Done: d.subject != "", Subject: d.subject, AuthTime: d.signedIn,
	}, nil
}

// allowDevice lets the device with the user code in, once.
func (s *storage) allowDevice(userCode, subject string) bool {
	if _, ok := s.accounts[subject]; !ok {
		return false
	}
	deviceCode, ok := s.userCode.take(plainCode(userCode))
	return ok && s.devices.change(deviceCode, func(d *device) bool {
		d.subject, d.signedIn = subject, time.Now()
		return true
	})
}

// plainCode returns the code in upper case without dashes and spaces, which people omit
// or mistype.
func plainCode(code string) string {
	return strings.NewReplacer("-", "", " ", "").Replace(strings.ToUpper(code))
}
