package name_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/eosc-perf/backend/core/name"
)

func TestNamesThatPeopleCanTellApart(t *testing.T) {
	for _, text := range []string{
		"s3", "CESNET-MCC", "new_name1", "Site of Karlsruhe (KIT), 2nd", "4 x A100 / 80 GB", `"quoted" <&> 'it'`, "a  b",
		"Zürich", "Πανεπιστήμιο", "Университет", "東京大学", "서울", "มหาวิทยาลัย", "विश्वविद्यालय",
		"جامعة", "אוניברסיטה", "CERN جنيف", // from right to left
		"دانشگاه\u200cها", "ක්\u200dෂ", "न्\u200dय", "葛\U000e0100城市", // joiners and variants that change the letters
		"🧪", "☀\ufe0f", "1\ufe0f\u20e3", "👩\u200d🔬", "👩🏽\u200d🔬", "❤\ufe0f\u200d🔥", "🇨🇭", "©", "©\ufe0f",
		"↔\ufe0f", "👨🏽\u200d⚕\ufe0f", "🐈\u200d⬛", "∩\ufe00", "ᠠ\u180b", "می\u200cخواهم", "בְּרֵאשִׁ֖ית", "Nguyễn Văn", "བསྒྲུབས",
		strings.Repeat("x", 1000),
	} {
		if fault := name.Fault(text); fault != "" {
			t.Errorf("%+q: %s", text, fault)
		}
	}
}

func TestNamesThatPeopleCannotTellApart(t *testing.T) {
	for text, says := range map[string]string{
		"":                     "empty",
		" ":                    "blank",
		" a":                   "blank",
		"a ":                   "blank",
		"\ta":                  "Character 1, U+0009, is a control character",
		"a\u00a0b":             "U+00A0, is a blank",
		"\u3000":               "U+3000, is a blank",
		"a\u2028b":             "line break",
		"a\nb":                 "Character 2, U+000A",
		"a\x1b[31mb":           "U+001B",
		"a\x00b":               "U+0000",
		"a\u007fb":             "U+007F",
		"a\u0085b":             "U+0085",
		"CERN\u200b":           "U+200B, is",
		"CE\u200bRN":           "Character 3, U+200B",
		"CE\u200dRN":           "U+200D, is invisible here",
		"CE\u200cRN":           "U+200C, is invisible here",
		"\u200dCERN":           "U+200D",
		"CERN\u200d":           "U+200D",
		"👩\u200d":              "U+200D",
		"CERN\ufe0f":           "U+FE0F",
		"S1\ufe0f":             "U+FE0F",
		"☀\ufe0f\ufe0f":        "Character 3, U+FE0F",
		"CE\ufeffRN":           "U+FEFF",
		"CE\u00adRN":           "U+00AD",
		"CE\u034fRN":           "U+034F, is invisible",
		"CE\u2060RN":           "U+2060",
		"CE\U000e0041RN":       "U+E0041",
		"\u3164":               "U+3164, is invisible",
		"\u2800":               "U+2800, is invisible",
		"a\ufffdb":             "U+FFFD, is a mark for something that was lost",
		"a\ufffcb":             "U+FFFC, is a mark for something that was lost",
		"a\u202eb":             "U+202E, is invisible, and changes the direction",
		"a\u200fb":             "U+200F, is invisible, and changes the direction",
		"a\u2066b\u2069":       "U+2066",
		"\u061cجامعة":          "U+061C",
		"a\ue000b":             "U+E000, is a private",
		"a\u0378b":             "U+0378, is not a character of Unicode",
		"a\uffffb":             "U+FFFF",
		"Zu\u0308rich":         `normalization form C, in which it is "Z\u00fcrich"`,
		"A\u030a":              "normalization form C",
		"\u212b":               "normalization form C", // the sign of the angstrom
		"\u0301a":              "Begins with U+0301",
		"a\xffb":               "UTF-8",
		"\u1100\u1161":         "normalization form C", // a syllable of Hangul in its parts
		"a\U0001d159b":         "U+1D159, is invisible",
		"a\u17b4b":             "U+17B4",
		"a\u0600b":             "U+0600",
		"x" + "\u2029":         "U+2029",
		"\u200e" + "Karlsruhe": "U+200E",
		// Selectors and joiners that change nothing.
		"C+\ufe0f+": "Character 3, U+FE0F, is invisible here", "a$\ufe0fb": "U+FE0F", "~\ufe0e": "U+FE0E", "東\ufe0f": "U+FE0F",
		"☀\U000e0100": "U+E0100", "ᠠ\ufe0f": "U+FE0F", "東\u180b": "U+180B", "+\u200d+": "U+200D", "€\u200d€": "U+200D", "©\u200d®": "U+200D",
		"د\u200cا": "U+200C", "ܐ\u200cܒ": "U+200C", "क्\u200ca": "U+200C", "क्\u200dж": "U+200D",
		// Marks that cover their neighbours, or each other.
		"Z" + strings.Repeat("\u0316\u0323", 3): "is the mark number 5", "a\u0332\u0332": "Character 3, U+0332, is a second one of the same mark",
		"a\u0316\u0323\u0324\u0325\u0326b": "Character 6, U+0326, is the mark number 5",
		"\ufeffa":                          "U+FEFF", "a\u1160": "U+1160", "\uffa0": "U+FFA0", "a\U0001bca0b": "U+1BCA0",
		"a\U00013430b": "U+13430", "a\ufff9b": "U+FFF9",
	} {
		if fault := name.Fault(text); !strings.Contains(fault, says) {
			t.Errorf("%+q: %q, want a text with %q", text, fault, says)
		}
	}
}

// TestAcceptedNamesAreStable: whatever is accepted is printable in every program that asks
// Unicode, is what normalization makes of it, and has no blank to lose.
func TestAcceptedNamesAreStable(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		odd := rapid.StringMatching(`[ a-zé\x{200b}-\x{200f}\x{fe0f}🧪ü]*`)
		text := rapid.OneOf(rapid.String(), rapid.StringOf(rapid.Rune()), odd).Draw(t, "text")
		if name.Fault(text) != "" {
			return
		}
		if text == "" || !utf8.ValidString(text) || norm.NFC.String(text) != text || strings.TrimSpace(text) != text {
			t.Fatalf("%+q is accepted", text)
		}
		for _, r := range text {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || unicode.In(r, unicode.Zl, unicode.Zp, unicode.Co, unicode.Cs) {
				t.Fatalf("%+q is accepted, with %U", text, r)
			}
		}
	})
}

func TestImages(t *testing.T) {
	for _, image := range []string{
		"b1", "new_name", "busybox", "severalnines/sysbench", "docker.io/library/busybox", "thechristophe/openbench-c-ray",
		"quay.io/team/image", "localhost/x", "localhost:5000/x", "127.0.0.1:5000/x", "[::1]:5000/x", "registry.example.org:5000/a/b/c",
		"a.b_c__d-e--f/g0", "xn--bcher-kva.example/x", "host:5000/x", "0", strings.Repeat("a", 255),
	} {
		if fault := name.ImageFault(image); fault != "" {
			t.Errorf("%q: %s", image, fault)
		}
	}
	for _, image := range []string{
		"", " ", "x ", " x", "x\n", "a b", "benchmark 1", "_", "-x", "x-", ".x", "x.", "x..y", "x___y", "x/", "/x", "x//y", "../x", "./x",
		"X", "team/X", "QUAY.IO/x", "q:b", "q:80", "quay.io/x:1", "x@sha256:" + strings.Repeat("a", 64), "user@quay.io/x", "https://quay.io/x",
		"quay.io/../x", "quay.io./x", "quay.io:/x", "quay.io:123456/x", "-quay.io/x", "quay-.io/x", "quay..io/x", "[::1/x", "qu\u0430y.io/x",
		"x\u200b", "x\x00", "x?y", "x#y", "x%20y", `x\y`, strings.Repeat("a", 256),
	} {
		if name.ImageFault(image) == "" {
			t.Errorf("%q is accepted", image)
		}
	}
}

func TestTags(t *testing.T) {
	for _, tag := range []string{"1", "v1.0", "latest", "_", "A-b.c_D", "__", strings.Repeat("t", 128)} {
		if fault := name.TagFault(tag); fault != "" {
			t.Errorf("%q: %s", tag, fault)
		}
	}
	for _, tag := range []string{
		"", " ", "a b", "b:c", "a/b", ".a", "-a", "a@b", "é", "a\n", "<&>", "a\u200b",
		"sha256:" + strings.Repeat("a", 64), strings.Repeat("t", 129),
	} {
		if name.TagFault(tag) == "" {
			t.Errorf("%q is accepted", tag)
		}
	}
}

// TestImageAndTagBelongTogether: IMAGE:TAG has one reading.
func TestImageAndTagBelongTogether(t *testing.T) {
	part := rapid.StringMatching(`[a-z0-9.:/_-]{1,8}`)
	rapid.Check(t, func(t *rapid.T) {
		whole := part.Draw(t, "image") + ":" + part.Draw(t, "tag")
		readings := 0
		for i := range whole {
			if whole[i] == ':' && name.ImageFault(whole[:i]) == "" && name.TagFault(whole[i+1:]) == "" {
				readings++
			}
		}
		if readings > 1 {
			t.Fatalf("%q has %d readings", whole, readings)
		}
	})
}

func TestAddresses(t *testing.T) {
	for _, address := range []string{
		"https://hub.docker.com/r/severalnines/sysbench", "http://example.org", "HTTPS://EXAMPLE.ORG/", "https://my-benchmark0.com",
		"https://bücher.example/straße?q=1#x", "http://localhost:8080/x", "https://[2001:db8::1]:8443/", "https://example.org:",
		"https://a.b/%20x", "https://example.org/@user", "https://example.org/?mail=a@b.example", "https://example.org/#a:b@c",
		"https://παράδειγμα.δοκιμή", "https://例え.テスト/", "https://a_b.example", "https://☃.net", "https://xn--pple-43d.com",
		"https://日本語-a.example",
		"https://example.org./", "https://кафе.example/menu", "https://сор.рф/", "https://kız.example", "https://ærø.example",
	} {
		if fault := name.URLFault(address); fault != "" {
			t.Errorf("%q: %s", address, fault)
		}
	}
	for _, address := range []string{
		"", " ", "u", "example.org", "//example.org", "/x", "javascript:alert(1)", "JavaScript:alert(1)", "java\nscript:alert(1)",
		" https://example.org", "https://example.org ", "https://example.org\r\nSet-Cookie: a=b", "https://example.org/\x00",
		"https://exa mple.org",
		"data:text/html,x", "vbscript:x", "file:///etc/passwd", "ftp://example.org", "mailto:a@example.org", "https:", "https://", "https:///x",
		"https:x", "https://?x", "https://#x", "https://:80/", "https://example.org:x/", "https://example.org:99999/", `https:\\example.org`,
		"https://example.org/\u202e", "https://example.org/\u200b", "https://a\ufeffb/", "https://.", "https://[::1",
		"blob:https://example.org/x", "https://user:password@example.org/", "https://user@example.org", "http://@example.org/",
		"https://:@example.org/", "https://example.org@evil.example/", "https://a%40b:c@example.org",
		"https://a.example/\u3164", "https://a.example/\u034f", "https://a.example/x\ufe0f", `https://example.org\@evil.example/`,
		`https://example.org/\x`, "https://example.org／evil.example", "https://example.org\u2044evil.example/",
		"https://example.org\u2215x.example/",
		"https://example.org？x.example/", "https://example。org/", "https://l%E2%80%AEx.org/", "https://bu\u0308cher.example",
		"https://ｅxample.org",
		"https://ﬁne.example", "https://\u0430pple.com/", "https://g\u043e\u043egle.com", "https://\u03bfracle.com",
		"https://\u0430\u0440\u0440\u04cf\u0435.com/", "https://www.\u0441\u0430\u0440.example.org",
		"https://\ua4d0\ua4ee.com", "https://\u10ffx.com",
		"https://a..b", "https://.a.example",
		"https://exa$mple.org", "https://a,b/", `https://a"b/`, "https://a<b/", "https://*.example.org", "https://a'b/",
	} {
		if name.URLFault(address) == "" {
			t.Errorf("%q is accepted", address)
		}
	}
}

func TestLookalikes(t *testing.T) {
	for _, pair := range [][2]string{
		{"CERN", "cern"}, {"CERN", "СERN"}, {"paypal", "раураl"}, {"PayPaI", "PayPal"}, {"PayPaI", "paypal"}, {"S1TE", "SITE"}, {"SITE",
			"site"},
		{"perf1", "perfl"}, {"O0", "00"}, {"modern", "modem"}, {"Zürich", "Zu\u0308rich"}, {"CERN", "CE\u200bRN"}, {"CERN", "ＣＥＲＮ"},
		{"CERN", "𝐂𝐄𝐑𝐍"}, {"a b", "a\u00a0b"}, {"a b", "a  b"}, {"a-b", "a‐b"}, {"a-b", "a–b"}, {"Straße", "STRAßE"}, {"☀", "☀\ufe0f"},
		{"ﬁne", "fine"},
		{"kelvin", "\u212aelvin"}, {"x", "×"}, {"CERN", "CERN"},
	} {
		if !name.LooksOf(pair[0]).Like(name.LooksOf(pair[1])) {
			t.Errorf("%+q and %+q look different", pair[0], pair[1])
		}
	}
	for _, pair := range [][2]string{
		{"CERN", "CESNET"}, {"Zürich", "Zurich"}, {"a b", "ab"}, {"site1", "site2"}, {"a", "b"}, {"東京", "京都"}, {"", "a"},
	} {
		if name.LooksOf(pair[0]).Like(name.LooksOf(pair[1])) {
			t.Errorf("%+q and %+q look alike", pair[0], pair[1])
		}
	}
	for _, pair := range [][2]string{{"docker.io/library/busybox:1", "busybox:1"}, {"index.docker.io/a/b:1", "a/b:1"}} {
		if got := name.SameImage(pair[0]); got != pair[1] {
			t.Errorf("%s is the image %s, want %s", pair[0], got, pair[1])
		}
	}
	if got := name.SameImage("quay.io/library/x:1"); got != "quay.io/library/x:1" {
		t.Errorf("an image of another registry is %s", got)
	}
}

// TestLooksDependOnLooksOnly: normalization, case and invisible characters change nothing.
func TestLooksDependOnLooksOnly(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.String().Draw(t, "text")
		looks := name.LooksOf(text)
		for _, other := range []string{norm.NFC.String(text), norm.NFD.String(text), "\u200b" + text, " " + text + " "} {
			if !looks.Like(name.LooksOf(other)) {
				t.Fatalf("%+q and %+q look different: %+q, %+q", text, other, looks, name.LooksOf(other))
			}
		}
	})
}

// TestPlainNamesLookTheSameOnBothWays: what is faster for ASCII gives the same.
func TestPlainNamesLookTheSameOnBothWays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringMatching(`[ -~]{0,20}`).Draw(t, "text")
		// A character that is invisible makes the name go the other way.
		if plain, other := name.LooksOf(text), name.LooksOf(text+"\u200b"); plain != other {
			t.Fatalf("%q looks like %+q, or like %+q", text, plain, other)
		}
	})
}

func FuzzFault(f *testing.F) {
	f.Add("CERN")
	f.Add("👩\u200d🔬")
	f.Add("Zu\u0308rich\xff")
	f.Fuzz(func(t *testing.T, text string) {
		if name.Fault(text) == "" && (norm.NFC.String(text) != text || strings.TrimSpace(text) != text) {
			t.Errorf("%+q is accepted", text)
		}
		name.LooksOf(text)
		name.ImageFault(text)
		name.URLFault(text)
	})
}

func BenchmarkLooksOf(b *testing.B) {
	for b.Loop() {
		name.LooksOf("CESNET-MCC Metacentrum, Brno")
	}
}
