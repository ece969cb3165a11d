// Package plural lets nouns and verbs agree with their numbers, in plain text..
package plural

import "fmt"

// Of is the word for one, or for another number: plural.Of(n, "is", "are").
func Of[N ~int | ~int64](n N, one, several string) string {
	if n == 1 {
		return one
	}
	return several
}

// Count is a number with its noun: 1 mail, 2 mails.
func Count[N ~int | ~int64](n N, one, several string) string {
	return fmt.Sprintf("%d %s", n, Of(n, one, several))
}
