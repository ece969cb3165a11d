package api

import "net/netip"

// networkBits is the size of the network prefix that one customer has at least in IPv6
// (RFC 6177): the addresses of such a network are one client.
const networkBits = 64

// clientKey returns the key of the client at the address, under which the client's
// share of what is limited is counted.
func clientKey(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return ""
	}
	if ip = ip.Unmap().WithZone(""); ip.Is4() {
		return ip.String()
	}
	return netip.PrefixFrom(ip, networkBits).Masked().String()
}
