package login

import (
	"strings"
	"testing"
)

func TestReturnToIsAPathOfThePages(t *testing.T) {
	for _, c := range []struct{ prefix, wanted, want string }{
		{"", "", "/ui/"},
		{"", "/ui/", "/ui/"},
		{"", "/ui/compare", "/ui/compare"},
		{"", "/ui/results/01a21ee2-21b7-7914-9c22-5a20271f6f5c", "/ui/results/01a21ee2-21b7-7914-9c22-5a20271f6f5c"},
		{"", "/ui/compare?benchmark=a/b:latest&json.machine.cpu.count=4..8", "/ui/compare?benchmark=a/b:latest&json.machine.cpu.count=4..8"},
		{"", "/ui/results?q=a%20b%3F", "/ui/results?q=a%20b%3F"},
		{"", "/ui/results?next=//evil.example", "/ui/results?next=//evil.example"},
		{"/api/v1", "/ui/compare", "/ui/compare"},
		{"/api/v1", "/api/v1/ui/compare?x=1", "/ui/compare?x=1"},
		{"", "/ui/login", "/ui/"},
		{"", "/ui/login/callback?code=x&state=y", "/ui/"},
		{"", "/ui/logout", "/ui/"},
	} {
		if got, ok := safeReturn(c.wanted, c.prefix); !ok || got != c.want {
			t.Errorf("%q below %q: got %q, %t, want %q", c.wanted, c.prefix, got, ok, c.want)
		}
	}
}

func TestReturnToLeadsNowhereElse(t *testing.T) {
	tricks := []string{
		// Other servers, absolute.
		"https://evil.example/", "http://evil.example", "HTTPS://evil.example/ui/", "https:evil.example", "https:/evil.example",
		"https:///evil.example", "ftp://evil.example/ui/", "javascript:alert(1)", "JaVaScRiPt:alert(1)//ui/", "data:text/html,x",
		"evil.example", "evil.example/ui/", "mailto:a@evil.example",
		// Without a scheme.
		"//evil.example", "//evil.example/ui/", "///evil.example/ui/", "////evil.example/", "//evil.example%2Fui%2F", "//ui/x",
		// Backslashes, which browsers read as slashes.
		`/\evil.example`, `\\evil.example`, `/\/evil.example/ui/`, `\/evil.example`, `/ui\..\..\evil`, `/ui/\evil.example`, `/ui/..\..\x`,
		// Encoded.
		"%2F%2Fevil.example", "/%2Fevil.example", "/%2fevil.example/ui/", "/%5Cevil.example", "/ui/%2F%2Fevil.example", "/ui/%5C%5Cevil",
		"%68ttps://evil.example", "/ui%2F..%2F..%2Fevil", "/%75i/x", "/ui/%252e%252e/%252e%252e/", "/ui/%2e%2e/%2e%2e/x", "/ui/%2E./x",
		"/ui/%25", "/ui/%zz", "/ui/%", "/ui/%00", "/ui/%0d%0aLocation:%20https://evil.example", "/ui/%09/evil",
		// Dots and empty parts.
		"/ui/..", "/ui/../", "/ui/../api", "/ui/./../x", "/ui/./x", "/ui//evil.example", "/ui//", "/ui/x//y", "/ui/x/../../y",
		// Other places of this server.
		"/", "/ui", "/uix/", "/UI/", "/results", "/dev/oidc/authorize", "ui/", "./ui/", "../ui/", "/docs/", "?x=/ui/", "#/ui/",
		// Users, ports, fragments and separators.
		"/ui/@evil.example#", "/ui/x#//evil.example", "//user@evil.example/ui/", "/ui/;/evil", "/ui/x;y=z",
		// Blanks and control characters, which browsers cut or skip.
		" /ui/", "/ui/ x", "\t//evil.example", "/\t/evil.example", "/ui/\n", "/ui/\r\nSet-Cookie: a=b", "/ui/\x00", "/ui/\x7f",
		"\u2028/ui/", "/ui/\u202e", "/ui/x\u3002example", "\uff0f\uff0fevil.example", "/ui/\xff", "/ui/%ff", "/ui/%e2%80%ae",
		// Schemes, hosts and ports in odd spellings.
		"http:/\\evil.example", `http:\\evil.example`, "hxxps://evil.example", "blob:https://evil.example/x", "view-source:https://evil.example",
		"vbscript:x", "file:///etc/passwd", "about:blank", "ws://evil.example/ui/", "://evil.example", ":@evil.example/ui/", "http://[::1]/ui/",
		"http://0x7f000001/ui/", "http://2130706433/", "//127.0.0.1.evil.example/ui/", "//evil.example:80/ui/", "//[evil.example]/",
		// This server's own name does not help.
		"https://perf.example.org/ui/", "//perf.example.org/ui/", "https://perf.example.org@evil.example/ui/", "/ui:80/x", "/ui@evil.example/",
		// Slashes and dots in other alphabets and encodings.
		"/ui/\u2215evil", "/ui/\u2044\u2044evil", "/ui/\uff0e\uff0e/x", "/ui/%c0%ae%c0%ae/", "/ui/%c0%af", "/ui/%e0%80%af", "/ui/%u002e%u002e/",
		"/ui/%2e%2e%2f%2e%2e", "/ui/.%2e/x", "/ui/%2E%2E%5Cx", "/ui/..%2f", "/ui/..%5c", "/ui/..;/x", "/ui/.;/x", "/ui/%3b/x", "/ui/x%2f..%2f..",
		"/ui/%2f", "/ui/x%2f%2fevil.example", "/ui%2f", "/ui%5c", "/u%69", "/%55i/", "/ui/%23//evil.example", "/ui/%3f//evil.example%ff",
		// Control characters and blanks, encoded once and twice.
		"/ui/%0a", "/ui/%0d", "/ui/%08", "/ui/%1f", "/ui/%7f", "/ui/%250d%250aSet-Cookie:x", "/ui/%c2%85", "/ui/%e2%80%a8", "/ui/\u00a0x",
		"\ufeff/ui/", "/ui/\u200b", "\v/ui/", "\f/ui/", "/ui/\x1b[2J", "+/ui/", "%20/ui/",
		// Several values, templates and what other programs read.
		"/ui/,//evil.example", "/ui/|//evil.example", "/ui/{x}", "/ui/${jndi:x}", "/ui/<x>", `/ui/"x`, "/ui/'x", "/ui/`x`", "/ui/^x",
		// Queries that cannot be read, and too much.
		"/ui/?%zz", "/ui/?a;b", "/ui/?<script>", `/ui/?"`, "/ui/?a b", "/ui/" + strings.Repeat("a", longestReturn),
	}
	for _, prefix := range []string{"", "/api/v1"} {
		for _, trick := range tricks {
			if got, ok := safeReturn(trick, prefix); ok {
				t.Errorf("%q below %q leads to %q", trick, prefix, got)
			}
			if got, ok := safeReturn(prefix+trick, prefix); ok && prefix != "" {
				t.Errorf("%q below %q leads to %q", prefix+trick, prefix, got)
			}
		}
	}
	if len(tricks) < 100 {
		t.Errorf("only %d tricks", len(tricks))
	}
}
