package fair

import (
	"net/netip"

	"github.com/eosc-perf/backend/core/domain"
)

// networkBits is the size of the network prefix that one customer has at least in IPv6
// (RFC 6177): the addresses of such a network are one client.
const networkBits = 64

// Address returns the key of the client at the IP address, "" for no address.
func Address(address string) string {
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return ""
	}
	if ip = ip.Unmap().WithZone(""); ip.Is4() {
		return ip.String()
	}
	return netip.PrefixFrom(ip, networkBits).Masked().String()
}

// Person returns the key of somebody who has proved an identity: one client, whatever
// the addresses. The people behind one address are not each other's neighbours.
func Person(id domain.UserID) string { return id.Issuer + " " + id.Subject }
