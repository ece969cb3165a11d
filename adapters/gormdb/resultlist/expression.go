package resultlist

import (
	"context"
	"strings"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/tables"
	"github.com/eosc-perf/backend/core/filter"
	"github.com/eosc-perf/backend/ports"
)

// translator turns expressions into conditions on rows of the table result. They are true
// or false, never NULL.
type translator struct {
	Reader
	// occurrence is that of session.Text, for filter.Contains.
	occurrence string
	// units are those that metrics declare, by the path of the metric.
	units declaredUnits
	// decided are the answers of large documents.
	decided decided
}

// whereCondition translates the expression of a query.
func (r Reader) whereCondition(ctx context.Context, q ports.ResultQuery, t translator) (_ clause.Expr, err error) {
	t.occurrence, err = r.Dialect.Text.Occurrence(ctx, r.Query(ctx))
	if err != nil {
		return clause.Expr{}, r.Failed(ctx, err, "prepare a condition")
	}
	return t.expression(q.Where), nil
}

func (t translator) expression(e filter.Expression) clause.Expr {
	switch e := e.(type) {
	case filter.And:
		return t.join(e, " AND ")
	case filter.Or:
		return t.join(e, " OR ")
	case filter.Not:
		return clause.Expr{SQL: "NOT ?", Vars: []any{t.expression(e.Of)}}
	case filter.Comparison:
		return t.comparison(e)
	default:
		return constant(false)
	}
}

func (t translator) join(all []filter.Expression, operator string) clause.Expr {
	parts, values := make([]string, len(all)), make([]any, len(all))
	for i, e := range all {
		parts[i], values[i] = "?", t.expression(e)
	}
	return clause.Expr{SQL: "(" + strings.Join(parts, operator) + ")", Vars: values}
}

// relation is a table with texts that results refer to.
type relation struct {
	// rows is the table, or joined tables, with the condition that chooses the rows of a result.
	rows string
	// text is the SQL of the text.
	text string
}

// relations are the tables of the fields whose text is not in the table result. Each result
// refers to one row of them, but to any number of tags.
var relations = map[string]relation{
	"benchmark_name": {"benchmark WHERE benchmark.id = result.benchmark_id", "benchmark.docker_image || ':' || benchmark.docker_tag"},
	"site_name":      {"site WHERE site.id = result.site_id", "site.name"},
	"site_address":   {"site WHERE site.id = result.site_id", "site.address"},
	"flavor_name":    {"flavor WHERE flavor.id = result.flavor_id", "flavor.name"},
	filter.TagField:  {"result_tags JOIN tag ON tag.id = result_tags.tag_id WHERE result_tags.result_id = result.id", "tag.name"},
}

func (t translator) comparison(c filter.Comparison) clause.Expr {
	field := c.Operand.Field
	if field == filter.JSONField {
		if !canExist(c.Operand.Path) {
			return constant(c.Negated && (c.Operator == filter.Exists || c.Operand.IsSeveral()))
		}
		return t.inDocument(c)
	}
	if related, ok := relations[field]; ok {
		return t.relatedText(related, c)
	}
	return onColumn("result."+field, field, c)
}

// inDocument compares what is at the path of the document.
func (t translator) inDocument(c filter.Comparison) clause.Expr {
	return t.decided.or(c, "result.id", t.readingDocument(c))
}

// readingDocument is inDocument for one document after the other. Numbers without a unit are in the
// unit that the metric of their benchmark declares.
func (t translator) readingDocument(c filter.Comparison) clause.Expr {
	units := t.units[c.Operand.Path.String()]
	if len(units) == 0 || !hasUnit(c) {
		return t.Dialect.JSON.Comparison(documentColumn, c, t.occurrence)
	}
	var sql []string
	var values []any
	var all []tables.Key
	for _, declared := range units {
		c.NumbersIn = declared.unit
		sql = append(sql, "(result.benchmark_id IN ? AND ?)")
		values = append(values, declared.benchmarks, t.Dialect.JSON.Comparison(documentColumn, c, t.occurrence))
		all = append(all, declared.benchmarks...)
	}
	c.NumbersIn = filter.Unit{}
	sql = append(sql, "(result.benchmark_id NOT IN ? AND ?)")
	values = append(values, all, t.Dialect.JSON.Comparison(documentColumn, c, t.occurrence))
	return clause.Expr{SQL: "(" + strings.Join(sql, " OR ") + ")", Vars: values}
}

// relatedText compares a text of a related row; of several rows, any of them.
func (t translator) relatedText(of relation, c filter.Comparison) clause.Expr {
	not := ""
	if c.Negated && c.Operand.IsSeveral() {
		not, c.Negated = "NOT ", false
	}
	c.Operand.Path = nil
	return clause.Expr{
		SQL:  not + "EXISTS (SELECT 1 FROM " + of.rows + " AND ?)",
		Vars: []any{t.Dialect.JSON.Comparison(t.Dialect.JSON.OfText(of.text), c, t.occurrence)},
	}
}

// sqlOperators are the operators on columns.
var sqlOperators = map[filter.Operator]string{
	filter.Equal: " = ?", filter.Less: " < ?", filter.LessOrEqual: " <= ?", filter.Greater: " > ?", filter.GreaterOrEqual: " >= ?",
	filter.In: " IN ?", filter.Between: " BETWEEN ? AND ?",
}

// onColumn compares a column of ids or times, which is never NULL.
func onColumn(column, field string, c filter.Comparison) clause.Expr {
	operator, ok := sqlOperators[c.Operator]
	if !ok { // EXISTS or MISSING
		return constant(!c.Negated)
	}
	values := make([]any, len(c.Values))
	for i, v := range c.Values {
		values[i] = columnValue(field, v.Text)
	}
	if c.Operator == filter.In {
		values = []any{values}
	}
	if c.Negated {
		return clause.Expr{SQL: "NOT (" + column + operator + ")", Vars: values}
	}
	return clause.Expr{SQL: "(" + column + operator + ")", Vars: values}
}

// columnValue is the value of a text that the parser of conditions has checked.
func columnValue(field, text string) any {
	if strings.HasSuffix(field, "_datetime") {
		at, _ := time.Parse(time.RFC3339Nano, text)
		return tables.NearestTimestamp(at)
	}
	id, _ := uuid.Parse(text)
	return tables.Key(id)
}

// constant is a condition that all rows satisfy, or none.
func constant(holds bool) clause.Expr {
	if holds {
		return clause.Expr{SQL: "(1 = 1)"}
	}
	return clause.Expr{SQL: "(1 = 0)"}
}
