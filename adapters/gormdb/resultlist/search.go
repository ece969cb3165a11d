package resultlist

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm/clause"

	"github.com/eosc-perf/backend/adapters/gormdb/query"
	"github.com/eosc-perf/backend/adapters/gormdb/tables"
)

// searchedText is a text of an entity that results refer to, in which terms are searched.
type searchedText struct {
	// table is that of the entity, text the SQL of its text.
	table, text string
	// condition chooses the results that refer to one of the entities, whose ids
	// replace the placeholder.
	condition string
}

// searchedTexts are those of small tables: results are far more.
var searchedTexts = []searchedText{
	{"benchmark", "benchmark.docker_image || ':' || benchmark.docker_tag", "result.benchmark_id IN (?)"},
	{"site", "site.name", "result.site_id IN (?)"},
	{"site", "site.address", "result.site_id IN (?)"},
	{"flavor", "flavor.name", "result.flavor_id IN (?)"},
	{"tag", "tag.name", hasOneOfTags},
}

const hasOneOfTags = "result.id IN (SELECT result_tags.result_id FROM result_tags WHERE result_tags.tag_id IN (?))"

// maxListedIDs is how many ids a condition lists. For more it has the query that finds them.
const maxListedIDs = 500

// searchTerms demands that each of the terms occurs in at least one of searchedTexts.
// inOneColumnEach: each term occurs only in entities that one column of results refers to.
//
// The entities that contain a term are looked up first. The database knows then how
// few they are, and reads their results by an index instead of all results.
func (r Reader) searchTerms(ctx context.Context, terms []string) (where query.Conditions, inOneColumnEach bool, err error) {
	inOneColumnEach = true
	err = where.ForEachTerm(terms, func(term string) error {
		inOneColumn, err := r.searchTerm(ctx, &where, term)
		inOneColumnEach = inOneColumnEach && inOneColumn
		return err
	})
	return where, inOneColumnEach, err
}

func (r Reader) searchTerm(ctx context.Context, where *query.Conditions, term string) (inOneColumn bool, err error) {
	occurrence, err := r.Dialect.Text.Occurrence(ctx, r.Query(ctx))
	if err != nil {
		return false, r.Failed(ctx, err, "prepare a search")
	}
	var alternatives []string
	var values []any
	for _, searched := range searchedTexts {
		occurs := fmt.Sprintf(occurrence, searched.text)
		var ids []tables.Key
		err := r.Query(ctx).Table(searched.table).Select("id").Where(occurs, term).Limit(maxListedIDs + 1).Scan(&ids).Error
		switch {
		case err != nil:
			return false, r.Failed(ctx, err, "look up a term")
		case len(ids) == 0:
			continue
		case len(ids) > maxListedIDs:
			values = append(values, clause.Expr{SQL: "SELECT id FROM " + searched.table + " WHERE " + occurs, Vars: []any{term}})
		default:
			values = append(values, listed(ids))
		}
		alternatives = append(alternatives, searched.condition)
	}
	if len(alternatives) == 0 {
		where.ChooseNothing()
		return true, nil
	}
	where.Add(strings.Join(alternatives, " OR "), values...)
	return len(slices.Compact(alternatives)) == 1 && alternatives[0] != hasOneOfTags, nil
}

// listed returns the ids as a list that stands between parentheses.
func listed(ids []tables.Key) clause.Expr {
	values := make([]any, len(ids))
	for i, id := range ids {
		values[i] = id
	}
	return clause.Expr{SQL: strings.TrimSuffix(strings.Repeat("?,", len(ids)), ","), Vars: values}
}
