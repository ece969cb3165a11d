package words

import "fmt"

// Citation is how a page is cited, without its address.
func Citation(year, title string, results, sites int, set, day string) string {
	text := fmt.Sprintf("EOSC Perf%s. %s, %s of %s, set %s", year, title, Plural(results, "result"), Plural(sites, "site"), set)
	if day != "" {
		text += ", as of " + day
	}
	return text + "."
}

// Cited says whether the results are those that were cited; empty if nothing was cited. The
// numbers are those of the cited results, -1 if it is not known, and of the results now.
func Cited(cited, now string, then, results int) string {
	switch {
	case cited == "":
		return ""
	case cited == now:
		return "The same " + Plural(results, "result") + " as cited."
	case then > results:
		return "Cited with " + Plural(then, "result") + "; " + Number(then-results) + " " + verb(then-results, "was", "were") +
			" withdrawn since, or claimed, or removed."
	case then >= 0 && then < results:
		return "Cited with " + Plural(then, "result") + "; " + Number(results-then) + " more of that time " +
			verb(results-then, "counts", "count") + " now, because they came back."
	}
	return "These are not the results as cited: since then some were withdrawn, claimed or removed, or came back. " +
		Plural(results, "result") + " of that time " + verb(results, "counts", "count") + " now."
}

// Without offers a question without a part of its filter.
func Without(part string, results int) string {
	return "Without " + part + " there " + verb(results, "is", "are") + " " + Number(results) + "."
}

// HasResults offers what a benchmark shows by itself.
func HasResults(n int) string { return "The benchmark has " + Plural(n, "result") + "." }

// UploadFirst offers to upload the first result.
const UploadFirst = "Upload the first."
