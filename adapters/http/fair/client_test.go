package fair

import "testing"

func TestAddressesOfOneNetworkAreOneClient(t *testing.T) {
	for _, tt := range []struct{ address, want string }{
		{"192.0.2.7", "192.0.2.7"},
		{"::ffff:192.0.2.7", "192.0.2.7"},
		{"2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"},
		{"2001:db8:1:2::1", "2001:db8:1:2::/64"},
		{"2001:db8:1:3::1", "2001:db8:1:3::/64"},
		{"fe80::1%eth0", "fe80::/64"},
		{"::1", "::/64"},
		{"", ""},
		{"not an address", ""},
	} {
		if got := Address(tt.address); got != tt.want {
			t.Errorf("Address(%q) = %q, want %q", tt.address, got, tt.want)
		}
	}
}
