package domain

// Better tells which values of a metric are good.
type Better string

// The directions. With NoneBetter groups are described but not compared.
const (
	LowerBetter  Better = "lower"
	HigherBetter Better = "higher"
	NoneBetter   Better = "none"
)

// MetricSource tells where a metric comes from.
type MetricSource string

// The sources. A metric that nobody declared has none: any numeric path may be asked for.
const (
	// DeclaredMetric was declared by SetMetrics.
	DeclaredMetric MetricSource = "declared"
	// SchemaMetric is declared by the keyword "metric" of the benchmark's JSON Schema.
	SchemaMetric MetricSource = "schema"
	// SuggestedMetric is a numeric property with the keyword "suggestToUser".
	SuggestedMetric MetricSource = "suggested"
)

const (
	// DefaultMateriality is the share by which two groups may differ and still count as
	// equivalent: that of MLPerf.
	DefaultMateriality = 0.02
	// MaxMateriality is the largest share that can be declared.
	MaxMateriality = 0.5
)

// Metric is a number in the documents of a benchmark's results, by which the results can be
// compared. All paths are dotted paths as in filters.
type Metric struct {
	Path string
	// Name is for people; may be empty.
	Name string
	// Unit is that of the values; may be empty.
	Unit   string
	Better Better
	// Materiality is the share within which groups count as equivalent, 0 to MaxMateriality.
	Materiality float64
	// Samples is the path of the repeats of one run: an array of numbers, or a text of
	// numbers. The value of a result is their median. Empty for none.
	Samples string
	// Separator separates the numbers of that text. If it is empty, any of `: ; , |` and
	// blanks do.
	Separator string
	// Resource is the path of the core count or the like; empty for none.
	Resource string
	// Label is the path of a text that describes the machine; empty for none.
	Label string
	// Default: this metric is meant where a question names none.
	Default bool
	Source  MetricSource
}

// UndeclaredMetric is the metric of a path about which nothing is declared.
func UndeclaredMetric(path string) Metric {
	return Metric{Path: path, Better: NoneBetter, Materiality: DefaultMateriality}
}
