// Package comparison answers questions about the measurements of a metric: it puts them into
// groups, describes and compares the groups by package statistics, and says in warnings and
// sentences what the numbers mean. Read it in this order:
//
//   - question.go: what can be asked;
//   - grouping.go: which group a measurement belongs to;
//   - group.go: what is known of one group;
//   - compare.go, baseline.go: groups side by side;
//   - distribution.go, series.go, trend.go: the other answers.
//
// All functions are pure: the time of the question is an argument. The package imports the
// domain, and packages document and statistics. The use cases import it.
package comparison
