package pattern_test

import (
	"errors"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/eosc-perf/backend/adapters/jsonschema/pattern"
)

// free is for matches without a limit on their work.
func free(int) {}

func TestMatch(t *testing.T) {
	tests := []struct {
		pattern       string
		match, differ []string
	}{
		{`b`, []string{"abc", "b"}, []string{"", "ac"}},
		{`^[\w.-]+@[\w.-]+$`, []string{"a.b-c@d.e"}, []string{"a b@c", "é@x"}},
		{`^a$`, []string{"a"}, []string{"a\n", "b\na", "\na"}},
		{`^.$`, []string{"\U0001f600", "é", "\u0085"}, []string{"\n", "\r", "\u2028", "\u2029", "ab", ""}},
		{`^(?s:.)$`, []string{"\n", "\u2028", "a"}, []string{"ab"}},
		{`^\d$`, []string{"5"}, []string{"\u0663", "x"}},
		{`^\w$`, []string{"_", "Z"}, []string{"é", "-"}},
		{`^\W$`, []string{"é", "-"}, []string{"_"}},
		{`^\s$`, []string{" ", "\u00a0", "\ufeff", "\u2029", "\u3000", "\v"}, []string{"\u0085", "\u200b", "x"}},
		{`^\S\D$`, []string{"ab"}, []string{"a1", " a"}},
		{`\bé`, []string{"aé"}, []string{"é", "-é"}},
		{`(?=a)\Bé|(?<=-)\Bé`, []string{"-é"}, []string{"aé"}},
		{`^\u{1F600}\uD83D\uDE00\u0041\x42\cJ\t\0$`, []string{"\U0001f600\U0001f600AB\n\t\x00"}, []string{"\U0001f600"}},
		{`^[\u{1F600}-\u{1F64F}]$`, []string{"\U0001f610"}, []string{"\U0001f680", "a"}},
		{`^[\ud800-\udfff]$|^\ud800$`, nil, []string{"\U0001f600", "a", ""}},
		{`^[^]$`, []string{"\n", "\U0010ffff"}, []string{"", "ab"}},
		{`^[]$|^[]a`, nil, []string{"", "a"}},
		{`^[\]\\\-^[]$`, []string{"]", `\`, "-", "^", "["}, []string{"a"}},
		{`^[+--]$`, []string{"+", ",", "-"}, []string{".", "*"}},
		{`^(?=x|.)[--/]$`, []string{"-", ".", "/"}, []string{",", "0"}},
		{`^[\d-x]$`, []string{"5", "-", "x"}, []string{"a"}},
		{`^[a\b]$`, []string{"a", "\b"}, []string{"b"}},
		{`^a{2,3}$`, []string{"aa", "aaa"}, []string{"a", "aaaa"}},
		{`^x{a,3}{{}{1$`, []string{"x{a,3}{{}{1"}, []string{"xxx"}},
		{`^a{0,5000}$`, []string{"", strings.Repeat("a", 5000)}, []string{strings.Repeat("a", 5001), "b"}},
		{`^(?:(a{100}){100}){2}$`, []string{strings.Repeat("a", 20_000)}, []string{strings.Repeat("a", 20_001)}},
		{`(?<n>a)\k<n>`, []string{"aa"}, []string{"a", "ab"}},
		{`(?<n>a)(b)\2\1`, []string{"abba"}, []string{"abab"}},
		{`^\1(a)$`, []string{"a"}, []string{"aa"}},
		{`^(a\1b)+$`, []string{"ab", "abab"}, []string{"aab"}},
		{`^(?:(a)|b)\1$`, []string{"aa", "b"}, []string{"ba", "a"}},
		// Each iteration forgets what groups in it captured before.
		{`^(?:(a)|b)*\1$`, []string{"ab", "aa", "bbb", "baa"}, []string{"aba"}},
		{`^(?:\1(a))+$`, []string{"a", "aa", "aaa"}, []string{"ab"}},
		{`^(?:(?:(a)|(b))+\1\2c)+$`, []string{"aacbbc", "abbcaac"}, []string{"abac", "abc"}},
		{`^(z)((a+)?(b+)?(c))*\3$`, []string{"zaacbbbcaca", "zaacbbbc"}, []string{"zaacbbbcac", "zaacbbbcaa"}},
		{`^(?:(?<q>["'])\w*\k<q>,?)+$`, []string{`"a",'b'`, `""`}, []string{`"a',"b"`, `"a'`}},
		{`^[abc]*(?<=(?:(a)\1|b)*)$`, []string{"abc"}, []string{"x"}},
		{`x(?<=^(?:(a)|b)*\1x)`, []string{"aax", "bx"}, []string{"cx"}},
		{`^(a?)?b$|^(?:(a)?)?\2c$`, []string{"ab", "b", "aac", "c"}, []string{"ac"}},
		{`^(?=.*\d)(?!x)[a-z]+\d$`, []string{"ab1"}, []string{"xb1", "ab"}},
		{`(?<=a)b(?<!xb)`, []string{"ab"}, []string{"b", "xb"}},
		{`^(?i:straSSe)A$`, []string{"STRASSEA"}, []string{"strassea"}},
		{`(?i)^abc(?-i:D)$`, []string{"ABCD"}, []string{"abcd"}},
		// ECMA-262 folds by Unicode's simple folding; \W has no other case of a word's character.
		{`(?i)^[^\W_]+$`, []string{"tasks", "KITS"}, []string{"a-b"}},
		{`^(?i:\W)$`, []string{"-", "é"}, []string{"s", "K", "\u017f"}},
		{`(?i)^(?=.)[^k]\u{17f}\u2126µ(?<n>ab)\k<n>$`, []string{"xSωμABab", "xsΩ\u03bcabAB"}, []string{"KsωμABab", "\u212asωμABab"}},
		{`(?i)^[\u0130]i[ß]$`, []string{"\u0130Iẞ"}, []string{"iiß", "\u0130\u0131ß", "\u0130iss"}},
		{`^\@\-\/\ \"\_$`, []string{`@-/ "_`}, nil},
		{`^[\@\-\_]$`, []string{"@", "-", "_"}, nil},
		{`^}]$`, []string{"}]"}, nil},
		{`^\p{L}$`, []string{"é", "a", "я"}, []string{"1"}},
		{`^\p{Letter}\p{Lu}\p{Uppercase_Letter}\p{gc=Lu}\p{General_Category=Uppercase_Letter}$`, []string{"éÉÉÉÉ"}, []string{"éÉÉÉé"}},
		{`^\P{Lu}$`, []string{"é"}, []string{"É"}},
		{`^\p{Script=Greek}\p{sc=Grek}\p{Greek}$`, []string{"αβγ"}, []string{"αβc"}},
		{`^\p{Alphabetic}+$`, []string{"aéⅣͅ"}, []string{"1", "-"}},
		{`^[\p{Alphabetic}\p{Decimal_Number}_]+$`, []string{"é٣_"}, []string{"-"}},
		{`^[^\p{Alpha}\P{ASCII}]$`, []string{"1"}, []string{"é", "a"}},
		{`^\p{ASCII}\P{ASCII}\p{Any}\p{Assigned}$`, []string{"aé\u0378b"}, []string{"aé\u0378\u0378"}},
		{`^\p{Lowercase}\p{Uppercase}\p{Cased}$`, []string{"aAǅ"}, []string{"AAa"}},
		{`^\p{ID_Start}\p{IDC}*$`, []string{"é1"}, []string{"1é"}},
		{`^\p{White_Space}\p{space}$`, []string{"\u0085 "}, []string{"ab"}},
		{`^\p{Math}\p{Hex_Digit}\p{Currency_Symbol}\p{Emoji_Modifier}$`, []string{"+f€\U0001F3FD"}, nil},
		{`^\p{Unassigned}\p{Cn}$`, []string{"\u0378\u0378"}, []string{"ab"}},
		{`^[\p{Surrogate}a]$`, []string{"a"}, []string{"b", "\U0001f600"}},
	}
	for _, tt := range tests {
		p, err := pattern.Compile(tt.pattern)
		if err != nil {
			t.Errorf("Compile(%s): %v", tt.pattern, err)
			continue
		}
		if p.String() != tt.pattern {
			t.Errorf("String of %s is %s", tt.pattern, p)
		}
		for _, text := range tt.match {
			if found, err := p.Match(text, free); err != nil || !found {
				t.Errorf("%s does not match %.60q (%v)", tt.pattern, text, err)
			}
		}
		for _, text := range tt.differ {
			if found, err := p.Match(text, free); err != nil || found {
				t.Errorf("%s matches %.60q (%v)", tt.pattern, text, err)
			}
		}
	}
}

func TestCompileNamesThePlace(t *testing.T) {
	tests := []struct {
		pattern   string
		character int
		reason    string
	}{
		{`(`, 1, "missing closing )"}, {`a(b`, 2, "missing closing )"}, {`a)`, 2, "unmatched )"}, {`[a`, 1, "missing closing ]"},
		{`*a`, 1, "missing argument to repetition"}, {`a|*`, 3, "missing argument"}, {`a**`, 3, "second quantifier"}, {`a{1}{2}`, 5,
			"second quantifier"},
		{`^*`, 2, "nothing to repeat"}, {`(?=a)*`, 6, "nothing to repeat"}, {`a{2,1}`, 2, "numbers out of order"},
		{`^\d{,3}$`, 4, "a quantifier that ECMA-262 does not have here"}, {`a{1, 2}`, 2, "a quantifier that"},
		{`(a){ 2 }`, 4, "a quantifier that"}, {`{2}`, 1, "a quantifier that"},
		{`[\w--\d]`, 4, "a difference of classes"},
		{`a{1000001}`, 9, "count larger than the limit of 1000000"}, {`[z-a]`, 3, "reverse order"}, {`\`, 2, "unexpected end"},
		{`ab\Z`, 3, "an escape that ECMA-262 does not have"}, {`\A`, 1, "an escape"}, {`\h`, 1, "an escape"}, {`\a`, 1, "an escape"}, {`[\Q]`, 2,
			"an escape"},
		{`\é`, 1, "an escape"}, {`\x4`, 1, "an escape"}, {`\u12`, 1, "an escape"}, {`\u{110000}`, 1, "an escape"}, {`\u{}`, 1, "an escape"},
		{`\u{12`, 1, "an escape"},
		{`\c1`, 1, "an escape"}, {`\01`, 1, "an escape"}, {`a\1`, 2, "a reference to group 1"}, {`(a)\2`, 4, "a reference to group 2"},
		{`\k<n>`, 1, `a reference to group "n"`}, {`\k`, 1, "without the name"}, {`(?<n>a)(?<n>b)`, 13, "a second group"}, {`(?<1>a)`, 4,
			"bad name"},
		{`(?<>a)`, 4, "bad name"}, {`(?P<n>a)`, 1, "a group that ECMA-262 does not have"}, {`(?>a)`, 1, "a group that"}, {`(?#a)`, 1,
			"a group that"},
		{`(?m:a)`, 1, "a flag that is not supported"}, {`a(?i)b`, 2, "a group that"}, {`(?i--s:a)`, 1, "a group that"},
		{`a\p{Nope}`, 2, `"Nope" does not exist or is not supported`}, {`\p{Script=Nope}`, 1, "does not exist"}, {`[\p{Emoji}]`, 2,
			"not supported"},
		{`\p{Script_Extensions=Greek}`, 1, "not supported"}, {`\p{Other_Alphabetic}`, 1, "does not exist"}, {`\pL`, 1,
			"without a property in braces"},
		{`\p{Hyphen}`, 1, "does not exist"}, {`\p{Prepended_Concatenation_Mark}`, 1, "does not exist"},
		{`^[[:alpha:]]+$`, 12, "unmatched ]: classes within classes"}, {`[\w&&[^\d]]`, 11, "unmatched ]"}, {`[\p{L}--[a-z]]`, 7, "a difference"},
		{`[]-a]`, 5, "unmatched ]"}, {`^[^]a]`, 6, "unmatched ]"},
		{`(?ii:a)`, 1, "a flag twice"}, {`(?i-i:a)`, 1, "a flag twice"}, {`(?-:a)`, 1, "a group that"},
		{`^(a*|b)*\1$`, 8, "a repetition of what may be empty around a group"}, {`(?:(?=(a)))?\1`, 12, "a repetition of what may be empty"},
		{`(?<n>a??){2,3}(b)\k<n>`, 10, "a repetition of what may be empty"}, {`\1(|a)+`, 7, "a repetition of what may be empty"},
		{`\p{L`, 5, "unexpected end"}, {`\p{sc=Letter}`, 1, "does not exist"},
		{strings.Repeat("x", 10_001), 10_001, "pattern of 10001 characters, where the limit is 10000"},
		{strings.Repeat("(", 500_000), 10_001, "pattern of 500000 characters"},
		{strings.Repeat("(", 5000) + strings.Repeat(")", 5000), 101, "nested deeper than the limit of 100"},
		{strings.Repeat(`\p{IDC}`, 1400), 2863, "larger than the limit"},
		{"(?i)" + strings.Repeat(`\W`, 4990), 894, "without regard to case"},
	}
	for _, tt := range tests {
		p, err := pattern.Compile(tt.pattern)
		failure, ok := errors.AsType[*pattern.SyntaxError](err)
		if !ok || failure.Character != tt.character || !strings.Contains(failure.Error(), tt.reason) {
			t.Errorf("Compile(%.60s) = %v, %v, want %q at character %d", tt.pattern, p, err, tt.reason, tt.character)
		}
	}
}

// errStop ends a match.
var errStop = errors.New("stop")

// TestHostilePatternsEnd: whatever pattern and text are, a match ends soon after step
// says so, and uses a bounded memory.
func TestHostilePatternsEnd(t *testing.T) {
	long := strings.Repeat("a", 1<<20) + "!"
	const limit = 500 * time.Millisecond
	tests := []struct {
		name, pattern, text string
		err                 error
	}{
		{"nested quantifiers", `^(a+)+$`, strings.Repeat("a", 60) + "!", nil},
		{"many ways", `^(((((((((((a?)?)?)?)?)?)?)?)?)?)*)*$`, strings.Repeat("a", 2000) + "!", nil},
		{"large count", `(a?){1000}b`, long, errStop},
		{"large product", `((a{0,100}){0,100}){0,100}!b`, strings.Repeat("a", 1<<16), pattern.ErrTooSlow},
		{"look-around, nested quantifiers", `(?=(a+)+b)`, strings.Repeat("a", 60), pattern.ErrTooSlow},
		{"look-around, long text", `(?=((a|b)*)*c)`, long, pattern.ErrTooLong},
		{"look-around, much memory", `(?=((a|b)*)*c)`, strings.Repeat("a", 1<<16), pattern.ErrTooSlow},
		{"reference", `^(a+)*\1c`, strings.Repeat("a", 60), pattern.ErrTooSlow},
		{"classes", strings.Repeat(`\p{L}*`, 200) + "1", strings.Repeat("é", 1<<19), errStop},
		{"alternatives", strings.Repeat(`a*|`, 2500) + `b`, "ccc", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p, err := pattern.Compile(tt.pattern)
			if err != nil {
				t.Fatal(err)
			}
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			started := time.Now()
			err = func() (err error) {
				defer func() {
					if recover() != nil {
						err = errStop
					}
				}()
				_, err = p.Match(tt.text, func(int) {
					if time.Since(started) > limit {
						panic(errStop)
					}
				})
				return err
			}()
			runtime.ReadMemStats(&after)
			// On a busy machine the time of a test is over before the engine's clock says so.
			if !errors.Is(err, tt.err) && !errors.Is(err, errStop) {
				t.Errorf("got %v, want %v", err, tt.err)
			}
			if took := time.Since(started); took > 3*time.Minute {
				t.Errorf("took %s", took)
			}
			if used := (after.TotalAlloc - before.TotalAlloc) >> 20; used > 64 {
				t.Errorf("used %d MB", used)
			}
		})
	}
}

// FuzzCompile: whatever the pattern is, it compiles or is refused with a place in it.
func FuzzCompile(f *testing.F) {
	for _, seed := range []string{`^(?<n>[\w-]+)\k<n>{2,3}?$`, `\p{Script=Greek}|[^\P{L}\d-x]`, `(?i)(?=a)(?<!b).\u{1F600}\ud83d`, `a{1000}{`,
		`[\]-\u0100]`} {
		f.Add(seed, "aab")
	}
	f.Fuzz(func(t *testing.T, source, text string) {
		p, err := pattern.Compile(source)
		if failure, ok := errors.AsType[*pattern.SyntaxError](err); ok && failure.Character >= 1 && failure.Character <= len([]rune(source))+1 {
			return
		}
		if err != nil {
			t.Fatalf("Compile(%q): %v", source, err)
		}
		if p.Weight() > 1000 {
			return
		}
		if _, err := p.Match(text, free); err != nil && !errors.Is(err, pattern.ErrTooSlow) && !errors.Is(err, pattern.ErrTooLong) {
			t.Fatalf("match of %q with %q: %v", source, text, err)
		}
	})
}
