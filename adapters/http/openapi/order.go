package openapi

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"github.com/eosc-perf/backend/core/domain"
)

// firstOperations is the number of operations in the table of rights that the first version
// of the API had. Their paths come first, in alphabetical order.
const firstOperations = 54

// inOrder moves the paths of operations that were added later to the end of the document, in
// the order of the table of rights. Clients that are generated from it keep the order of
// what they know.
func inOrder(document []byte, paths map[string]*huma.PathItem) ([]byte, error) {
	members, err := membersOf(document)
	if err != nil {
		return nil, err
	}
	for i, m := range members {
		if m.name != "paths" {
			continue
		}
		listed, err := membersOf(m.value)
		if err != nil {
			return nil, err
		}
		ranks := ranksOf(paths)
		slices.SortStableFunc(listed, func(a, b documentMember) int { return cmp.Compare(ranks[a.name], ranks[b.name]) })
		members[i].value = objectOf(listed)
	}
	return objectOf(members), nil
}

// ranksOf gives each path the place of its first operation in the table of rights, 0 for the
// first operations.
func ranksOf(paths map[string]*huma.PathItem) map[string]int {
	places := map[string]int{}
	for i, operation := range domain.Operations() {
		places[operation.ID] = max(0, i+1-firstOperations)
	}
	ranks := map[string]int{}
	for path, item := range paths {
		ranks[path] = len(places)
		for _, operation := range []*huma.Operation{item.Get, item.Post, item.Put, item.Delete} {
			if operation != nil {
				ranks[path] = min(ranks[path], places[operation.OperationID])
			}
		}
	}
	return ranks
}

// documentMember is a member of a JSON object.
type documentMember struct {
	name  string
	value json.RawMessage
}

// membersOf returns the members of a JSON object in their order.
func membersOf(object []byte) ([]documentMember, error) {
	decoder := json.NewDecoder(bytes.NewReader(object))
	if _, err := decoder.Token(); err != nil {
		return nil, fmt.Errorf("read the document: %w", err)
	}
	var members []documentMember
	for decoder.More() {
		name, err := decoder.Token()
		if err != nil {
			return nil, fmt.Errorf("read the document: %w", err)
		}
		m := documentMember{name: fmt.Sprint(name)}
		if err := decoder.Decode(&m.value); err != nil {
			return nil, fmt.Errorf("read the document: %w", err)
		}
		members = append(members, m)
	}
	return members, nil
}

func objectOf(members []documentMember) []byte {
	text := []byte{'{'}
	for i, m := range members {
		if i > 0 {
			text = append(text, ',')
		}
		name, _ := json.Marshal(m.name) // a text can always be written
		text = append(append(append(text, name...), ':'), m.value...)
	}
	return append(text, '}')
}
