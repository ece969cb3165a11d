package words

import (
	"regexp"
	"strings"
	"unicode"
)

// What the names of processors say besides the processor: trade marks, what it is, and the
// corrections that a hypervisor names.
var (
	tradeMarks  = regexp.MustCompile(`(?i)\((r|tm|c)\)`)
	inBrackets  = regexp.MustCompile(`\(([^()]*)\)`)
	corrections = regexp.MustCompile(`(?i)\b(with|ibrs|ibpb|update|no tsx)\b|,`)
	selfEvident = regexp.MustCompile(`(?i)\b(cpu|processor|class)\b`)
	blanks      = regexp.MustCompile(`\s+`)
)

// Machine is the name of a processor in short: Intel(R) Xeon(R) CPU E5-2670 0 @ 2.60GHz becomes
// Intel Xeon E5-2670 0 @ 2.60GHz. Links and files have the whole name.
func Machine(name string) string {
	short := tradeMarks.ReplaceAllString(name, "")
	short = inBrackets.ReplaceAllStringFunc(short, func(brackets string) string {
		return corrections.ReplaceAllString(strings.Trim(brackets, "()"), "")
	})
	short = strings.TrimSpace(blanks.ReplaceAllString(selfEvident.ReplaceAllString(short, ""), " "))
	if !strings.ContainsFunc(short, unicode.IsLetter) {
		return name
	}
	return short
}
