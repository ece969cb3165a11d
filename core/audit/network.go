package audit

import "net/netip"

// The sizes of the networks that many share.
const (
	networkBits4 = 24
	networkBits6 = 48
)

// Network returns what is left of an address that is old: its network, /24 in IPv4 and /48 in
// IPv6; "" for what is no address.
func Network(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return ""
	}
	bits := networkBits6
	if ip = ip.Unmap().WithZone(""); ip.Is4() {
		bits = networkBits4
	}
	return netip.PrefixFrom(ip, bits).Masked().String()
}

// isNetwork tells whether Network may have returned the text.
func isNetwork(text string) bool {
	prefix, err := netip.ParsePrefix(text)
	return text == "" || err == nil && Network(prefix.Addr().String()) == text
}
