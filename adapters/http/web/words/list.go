package words

// Why a list of results has no figure.
const (
	NoCommonScale  = "Values of several benchmarks have no common scale; choose one benchmark."
	NoNumberColumn = "No column of the list has numbers."
)

// NoNumbers says that no result of a list has a number at the path.
func NoNumbers(path string) string { return "No result of the list has a number at " + path + "." }

// NoFigure says that a list has no figure, and why.
func NoFigure(reason string) string { return "No figure: " + Lower(reason) }

// ListTitle names a list of results: c-ray: results.
func ListTitle(benchmarks string) string {
	if benchmarks == "" {
		return "Results of all benchmarks"
	}
	return benchmarks + ": results"
}

// Where adds the conditions that results satisfy: 20 results where site CESGA and tag old.
func Where(text string, conditions []string) string {
	if len(conditions) == 0 {
		return text
	}
	return text + ", where " + List(conditions)
}

// RowsOf says how many rows of a list a table has.
func RowsOf(rows, total int) string {
	if rows == total {
		return "All " + Plural(total, "result") + "."
	}
	return "The first " + Number(rows) + " of " + Plural(total, "result") + "; the CSV has all."
}

// ListFigure is the title of the figure of a list: c-ray: time of 20 results by flavor.
func ListFigure(benchmarks, name string, results int, kind string) string {
	return benchmarks + ": " + name + " of " + Plural(results, "result") + " by " + kind
}

// ListCaption is what the figure of a list shows, and what it leaves out: results without a number, and
// lanes.
func ListCaption(title string, without, lanes, total int, kind string) string {
	if without > 0 {
		title += "; " + Plural(without, "result") + " " + verb(without, "has", "have") + " no number there"
	}
	if lanes < total {
		title += "; " + Number(lanes) + " of " + Plural(total, kind)
	}
	return title
}

// NoRepeats says why a result has no figure.
const NoRepeats = "The result has no repeats to draw."

// RepeatsOf says what the figure of one result shows.
func RepeatsOf(name, benchmark string, repeats int, day string) string {
	return Upper(name) + " of " + benchmark + ", " + Plural(repeats, "repeat") + " of the run of " + day
}
