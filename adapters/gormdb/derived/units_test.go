package derived_test

import (
	"fmt"
	"testing"

	"github.com/eosc-perf/backend/adapters/gormdb/storetest"
	"github.com/eosc-perf/backend/core/filter"
)

// PostgreSQL's triggers have a table of units of their own.
func TestUnitsOfTriggersAreThoseOfConditions(t *testing.T) {
	store := storetest.Postgres(t)
	for _, kind := range []string{"s", "Hz", "b", "b/s", "FLOP/s", "W", "J", "op/s", "%"} {
		units := filter.UnitsOfKind(kind)
		if len(units) == 0 {
			t.Errorf("there are no units of kind %s", kind)
		}
		for symbol, unit := range units {
			statement := fmt.Sprintf("SELECT coalesce(kind = '%s' AND number = CAST('%s' AS numeric), false) FROM result_quantity('-1.5e3 %s')",
				kind, unit.InBase("-1500"), symbol)
			if isEqual := storetest.Query[bool](t, store, statement)[0]; !isEqual {
				t.Errorf("the triggers do not read -1.5e3 %s as %s %s", symbol, unit.InBase("-1500"), kind)
			}
		}
	}
	for _, text := range []string{"3 dB", "1 KB", "1", "x", "1  foo", "01 s", "1 s ", ".5 s"} {
		if isRead := storetest.Query[bool](t, store, "SELECT kind IS NOT NULL FROM result_quantity('"+text+"')"); isRead[0] {
			t.Errorf("the triggers read %q as a quantity", text)
		}
	}
}
