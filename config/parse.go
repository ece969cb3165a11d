package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/eosc-perf/backend/core/domain"
)

// quote returns the value for an error text, cut to 60 bytes. It hides a value with an
// @, which may be a URL with a password.
func quote(value string) string {
	const longest = 60
	if strings.Contains(value, "@") {
		return "the value"
	}
	if len(value) > longest {
		value = strings.ToValidUTF8(value[:longest], "") + "..."
	}
	return strconv.Quote(value)
}

func parseText(value string) (string, error) { return value, nil }

func parseSecret(value string) (Secret, error) { return NewSecret(value), nil }

// parser reads one kind of value, and says which values it accepts.
type parser[T any] struct {
	values string
	parse  func(string) (T, error)
}

var boolean = parser[bool]{"true or false", parseBoolean}

func parseBoolean(value string) (bool, error) {
	switch strings.ToLower(value) {
	case "true", "1", "yes", "on":
		return true, nil
	case "false", "0", "no", "off":
		return false, nil
	}
	return false, fmt.Errorf("%s is neither true (1, yes, on) nor false (0, no, off)", quote(value))
}

// integer returns a parser of whole numbers from low to high.
func integer(low, high int) parser[int] {
	return parser[int]{fmt.Sprintf("%d to %d", low, high), func(value string) (int, error) {
		n, err := strconv.Atoi(value)
		if err != nil || n < low || n > high {
			return 0, fmt.Errorf("%s is not a whole number from %d to %d", quote(value), low, high)
		}
		return n, nil
	}}
}

// size returns a parser of whole numbers of bytes from low to high.
func size(low, high int) parser[int] {
	number := integer(low, high)
	return parser[int]{fmt.Sprintf("%d to %d bytes (%s to %s)", low, high, binary(low), binary(high)), func(value string) (int, error) {
		n, err := number.parse(value)
		if err != nil {
			return 0, fmt.Errorf("%w, in bytes", err)
		}
		return n, nil
	}}
}

// binary returns a number of bytes with a unit, such as 4 KiB.
func binary(bytes int) string {
	units := []string{"bytes", "KiB", "MiB", "GiB", "TiB"}
	unit := 0
	for bytes >= kibi && bytes%kibi == 0 && unit < len(units)-1 {
		bytes /= kibi
		unit++
	}
	return fmt.Sprintf("%d %s", bytes, units[unit])
}

// duration returns a parser of durations from 1 ms to high, in Go's syntax.
func duration(high time.Duration) parser[time.Duration] {
	return parser[time.Duration]{"1ms to " + short(high), func(value string) (time.Duration, error) {
		d, err := time.ParseDuration(value)
		if err != nil || d < time.Millisecond || d > high {
			return 0, fmt.Errorf("%s is not a duration like 500ms, 30s or 1m30s, from 1ms to %s", quote(value), short(high))
		}
		return d, nil
	}}
}

// short returns the duration without the parts that are zero, such as 1h for 1h0m0s.
func short(d time.Duration) string {
	text := d.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// delay returns a parser of durations like duration, that also accepts 0s.
func delay(high time.Duration) parser[time.Duration] {
	positive := duration(high)
	return parser[time.Duration]{"0s, or " + positive.values, func(value string) (time.Duration, error) {
		if d, err := time.ParseDuration(value); err == nil && d == 0 {
			return 0, nil
		}
		return positive.parse(value)
	}}
}

// oneOf returns a parser that accepts one of the words, in upper or lower case.
func oneOf[T ~string](words ...T) parser[T] {
	return parser[T]{join(words), func(value string) (T, error) {
		word := T(strings.ToLower(value))
		if !slices.Contains(words, word) {
			return "", fmt.Errorf("%s is none of %s", quote(value), join(words))
		}
		return word, nil
	}}
}

func join[T ~string](words []T) string {
	texts := make([]string, len(words))
	for i, word := range words {
		texts[i] = string(word)
	}
	return strings.Join(texts, ", ")
}

var level = parser[slog.Level]{"debug, info, warn, error", parseLevel}

func parseLevel(value string) (slog.Level, error) {
	levels := map[string]slog.Level{
		"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
	}
	level, ok := levels[strings.ToLower(value)]
	if !ok {
		return 0, fmt.Errorf("%s is none of debug, info, warn, error", quote(value))
	}
	return level, nil
}

// list returns the items between commas, without spaces around them and without empty
// items.
func list(value string) []string {
	var items []string
	for item := range strings.SplitSeq(value, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

func parseList(value string) ([]string, error) { return list(value), nil }

// parseEntitlements reads a list with commas, or a JSON array for entitlements that
// contain commas.
func parseEntitlements(value string) (domain.Entitlements, error) {
	if !strings.HasPrefix(value, "[") {
		return list(value), nil
	}
	var items []*string
	if err := json.Unmarshal([]byte(value), &items); err != nil || slices.Contains(items, nil) {
		return nil, errors.New(`begins like a JSON array but is not one of strings; write ["a", "b"], or a, b`)
	}
	var entitlements domain.Entitlements
	for _, item := range items {
		if text := strings.TrimSpace(*item); text != "" {
			entitlements = append(entitlements, text)
		}
	}
	return entitlements, nil
}

// each parses all items. Its error has a line for each wrong item.
func each[T any](items []string, parse func(string) (T, error)) ([]T, error) {
	var values []T
	var faults []error
	for _, item := range items {
		value, err := parse(item)
		if err != nil {
			faults = append(faults, err)
			continue
		}
		values = append(values, value)
	}
	return values, errors.Join(faults...)
}

// parseProxies reads a list of IP addresses and networks.
func parseProxies(value string) ([]netip.Prefix, error) { return each(list(value), parseProxy) }

func parseProxy(item string) (netip.Prefix, error) {
	if address, err := netip.ParseAddr(item); err == nil && address.Zone() == "" {
		address = address.Unmap()
		return netip.PrefixFrom(address, address.BitLen()), nil
	}
	network, err := netip.ParsePrefix(item)
	if err != nil {
		return netip.Prefix{}, fmt.Errorf("%s is neither an IP address nor a network like 10.0.0.0/8", quote(item))
	}
	return network.Masked(), nil
}

func parseListenAddress(value string) (string, error) {
	host, port, err := net.SplitHostPort(value)
	if err == nil && !strings.ContainsAny(host, " /@") {
		if _, err := integer(0, 65535).parse(port); err == nil {
			return value, nil
		}
	}
	return "", fmt.Errorf("%s is not of the form HOST:PORT or :PORT, like 127.0.0.1:5000, [::1]:5000 or :5000, with a port from 0 to 65535",
		quote(value))
}

// parseLoopbackAddress reads an address that only processes of this machine can reach.
func parseLoopbackAddress(value string) (string, error) {
	address, err := parseListenAddress(value)
	if err != nil {
		return "", err
	}
	if host, _, err := net.SplitHostPort(address); err != nil || !isLoopback(host) {
		return "", fmt.Errorf("%s can be reached by others: name a loopback address like 127.0.0.1:6060", quote(value))
	}
	return address, nil
}
