package postgres

import (
	"fmt"
	"strings"

	"github.com/google/uuid"
	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/session"
	"github.com/eosc-perf/backend/core/filter"
)

// sortKeys implements session.SortKeys. A key is the value as JSON text, or the atoms of an array or
// object as a literal of json_atom[], which alone begins with a brace.
type sortKeys struct{}

// maxSortKey is how many characters all texts of a key have together.
const maxSortKey = 2000

// Version implements session.SortKeys. Each change of a row gives it another xmin, that of the
// transaction; a restored database may have the same one. The size is that of the stored document,
// which is not read for it.
func (sortKeys) Version() string {
	return "(CAST(result.xmin AS text) || ':' || pg_column_size(result.json))"
}

// Read implements session.SortKeys.
func (s sortKeys) Read(path filter.Path, listed clause.Expr) clause.Expr {
	return expr("SELECT r.id AS result_id, r.version, "+keyOf+" AS key, "+wholeOf+" AS whole, r.known AS is_outlined "+
		"FROM (SELECT result.id, "+s.Version()+" AS version, k.value, "+textIn("k")+" AS txt, "+atomsIn("k")+" AS atoms, "+
		"coalesce(k.known, false) AS known FROM result ? WHERE result.id IN (SELECT listed.id FROM ?) OFFSET 0) AS r",
		readAt("result.json", path, "k"), listed)
}

// atomsIn are the atoms of what a join by readAt has: NULL for one value, and for an empty array, which
// comes before all others.
func atomsIn(alias string) string {
	return strings.ReplaceAll("coalesce(k.atoms, CASE WHEN jsonb_typeof(k.value) IN ('array', 'object') AND k.value <> '[]' "+
		"THEN json_atoms(k.value) END)", "k.", alias+".")
}

// textIn is the text of a string there, NULL for all else.
func textIn(alias string) string {
	return strings.ReplaceAll("CASE WHEN jsonb_typeof(k.value) = 'string' THEN k.value #>> '{}' END", "k.", alias+".")
}

// keyOf is the key of r.value, which is r.txt if it is a string, or of r.atoms. wholeOf is a hash of all
// of it where the key is cut.
var (
	keyOf = fmt.Sprintf(`CASE WHEN r.atoms IS NOT NULL THEN CAST(%s AS text)
		WHEN r.txt IS NOT NULL THEN CAST(to_jsonb(left(r.txt, %d)) AS text) ELSE CAST(r.value AS text) END`, cutAtoms, maxSortKey)
	wholeOf = fmt.Sprintf(`CASE WHEN r.atoms IS NOT NULL THEN CASE WHEN r.atoms <> %s
		THEN sha256(convert_to(CAST(r.atoms AS text), 'UTF8')) END
		WHEN r.txt <> left(r.txt, %d) THEN int8send(jsonb_hash_extended(r.value, 0)) || int8send(jsonb_hash_extended(r.value, 1)) END`,
		cutAtoms, maxSortKey)
)

// cutAtoms are the first of r.atoms, whose texts have maxSortKey characters together. The last text may
// be cut.
var cutAtoms = fmt.Sprintf(`(SELECT array_agg(CAST(ROW(c.kind, c.number, left(c.txt, %d - CAST(c.before AS integer))) AS json_atom)
		ORDER BY c.place) FROM (SELECT a.*,
		coalesce(sum(length(a.txt)) OVER (ORDER BY a.place ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS before
		FROM unnest(r.atoms) WITH ORDINALITY AS a(kind, number, txt, place)) AS c WHERE c.before < %d)`, maxSortKey, maxSortKey)

// Key implements session.SortKeys.
func (sortKeys) Key(_ filter.Path, alias string) clause.Expr {
	return expr("(SELECT " + keyOf + " FROM (SELECT " + alias + ".value AS value, " + textIn(alias) + " AS txt, " +
		atomsIn(alias) + " AS atoms OFFSET 0) AS r)")
}

// IsAmong implements session.SortKeys. The key that was cut is that of a long value.
func (s sortKeys) IsAmong(path filter.Path, alias string, keys []string) clause.Expr {
	return expr(fmt.Sprintf(`(CASE WHEN octet_length(coalesce(CAST(%s.atoms AS text), CAST(%s.value AS text))) >= %d
		THEN ? = ANY (CAST(CAST(? AS text) AS text[])) ELSE false END)`, alias, alias, maxSortKey), s.Key(path, alias), arrayOf(keys))
}

// Order implements session.SortKeys: what is given is not read.
func (sortKeys) Order(path filter.Path, alias string, keys []session.SortKey) (by []clause.Expr, join clause.Expr) {
	var ids, texts []string
	for _, k := range keys {
		text := "NULL"
		if k.Key != nil {
			text = quoted(*k.Key)
		}
		ids, texts = append(ids, uuid.UUID(k.ResultID).String()), append(texts, text)
	}
	given, read := alias+"_given", alias+"_read"
	join = expr("LEFT JOIN (SELECT l.id, CASE WHEN l.key NOT LIKE '{%' THEN CAST(l.key AS jsonb) END AS value, "+
		"CASE WHEN l.key LIKE '{%' THEN CAST(l.key AS json_atom[]) END AS atoms "+
		"FROM unnest(CAST(CAST(? AS text) AS uuid[]), CAST(CAST(? AS text) AS text[])) AS l(id, key) OFFSET 0) AS "+given+
		" ON "+given+".id = result.id CROSS JOIN LATERAL (SELECT "+read+".value, "+read+".atoms FROM (SELECT 1) AS one ? WHERE "+given+
		".id IS NULL UNION ALL SELECT "+given+".value, "+given+".atoms WHERE "+given+".id IS NOT NULL OFFSET 0) AS "+alias,
		"{"+strings.Join(ids, ",")+"}", "{"+strings.Join(texts, ",")+"}", readAt("result.json", path, read))
	return orderOf(expr(alias+".value"), expr(alias+".atoms")), join
}

// OrderOf implements session.SortKeys.
func (sortKeys) OrderOf(key string) []clause.Expr {
	if strings.HasPrefix(key, "{") {
		return orderOf(expr("CAST(NULL AS jsonb)"), expr("CAST(? AS json_atom[])", key))
	}
	return documents{}.OrderOf(key)
}
