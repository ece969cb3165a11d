package service_test

import (
	"context"
	"reflect"
	"slices"
	"testing"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/service"
	"github.com/eosc-perf/backend/ports"
)

// useCases says for which operation each use case asks the table of rights.
var useCases = map[string]domain.Operation{
	"Users.List":         domain.ListUsers,
	"Users.Search":       domain.SearchUsers,
	"Users.Remove":       domain.RemoveUsers,
	"Users.RegisterSelf": domain.RegisterSelf,
	"Users.GetSelf":      domain.GetSelf,
	"Users.UpdateSelf":   domain.UpdateSelf,
	"Users.TryAdmin":     domain.TryAdmin,
	"Users.Removals":     domain.RemoveUsers,

	"Benchmarks.List":    domain.ListBenchmarks,
	"Benchmarks.Search":  domain.SearchBenchmarks,
	"Benchmarks.Create":  domain.CreateBenchmark,
	"Benchmarks.Get":     domain.GetBenchmark,
	"Benchmarks.Update":  domain.UpdateBenchmark,
	"Benchmarks.Delete":  domain.DeleteBenchmark,
	"Benchmarks.Approve": domain.ApproveBenchmark,
	"Benchmarks.Reject":  domain.RejectBenchmark,

	"Sites.List":    domain.ListSites,
	"Sites.Search":  domain.SearchSites,
	"Sites.Create":  domain.CreateSite,
	"Sites.Get":     domain.GetSite,
	"Sites.Update":  domain.UpdateSite,
	"Sites.Delete":  domain.DeleteSite,
	"Sites.Approve": domain.ApproveSite,
	"Sites.Reject":  domain.RejectSite,

	"Flavors.List":    domain.ListFlavors,
	"Flavors.Search":  domain.SearchFlavor,
	"Flavors.Add":     domain.AddFlavor,
	"Flavors.Get":     domain.GetFlavor,
	"Flavors.Update":  domain.UpdateFlavor,
	"Flavors.Delete":  domain.DeleteFlavor,
	"Flavors.Approve": domain.ApproveFlavor,
	"Flavors.Reject":  domain.RejectFlavor,
	"Flavors.GetSite": domain.GetFlavorSite,

	"Tags.List":   domain.ListTags,
	"Tags.Search": domain.SearchTag,
	"Tags.Create": domain.CreateTag,
	"Tags.Get":    domain.GetTag,
	"Tags.Update": domain.UpdateTag,
	"Tags.Delete": domain.DeleteTag,

	"Results.List":    domain.ListResults,
	"Results.Search":  domain.SearchResults,
	"Results.ListOwn": domain.ListUserResults,

	"Results.ListAfter":    domain.ListResults,
	"Results.ListOwnAfter": domain.ListUserResults,
	"Results.Paths":        domain.ListPaths,
	"Results.Tally":        domain.ListResults,
	"Results.CountBySite":  domain.ListResults,

	"Results.Create":   domain.CreateResult,
	"Results.Get":      domain.GetResult,
	"Results.Delete":   domain.DeleteResult,
	"Results.SetTags":  domain.UpdateResult,
	"Results.Uploader": domain.ResultUploader,
	"Results.Export":   domain.ExportResults,
	"Results.Identify": domain.ExportResults,
	"Results.Validate": domain.ValidateResult,
	"Results.Upload":   domain.UploadResults,
	"Results.Withdraw": domain.WithdrawResult,
	"Results.Restore":  domain.RestoreResult,
	"Results.Correct":  domain.CorrectResult,

	"Benchmarks.History": domain.GetBenchmarkHistory,
	"Sites.History":      domain.GetSiteHistory,
	"Flavors.History":    domain.GetFlavorHistory,
	"Results.History":    domain.GetResultHistory,

	"Audit.List": domain.ListAuditEvents,

	"Claims.Create":       domain.ClaimReport,
	"Claims.ListOfResult": domain.ListResultClaims,
	"Claims.ListOwn":      domain.ListUserClaims,
	"Claims.List":         domain.ListClaims,
	"Claims.Get":          domain.GetClaim,
	"Claims.Approve":      domain.ApproveClaim,
	"Claims.Reject":       domain.RejectClaim,
	"Reports.ListSubmits": domain.ListSubmits,

	"Users.PreviewRemoval":   domain.PreviewRemoval,
	"Benchmarks.Check":       domain.CheckBenchmark,
	"Claims.Show":            domain.ShowClaim,
	"Claims.OfSite":          domain.GetSite,
	"Reports.ListOwnSubmits": domain.ListUserSubmits,
	"Reports.LastDecision":   domain.ShowDecision,
	"Results.ListOwnStates":  domain.ListUserResults,

	"Metrics.List":              domain.ListMetrics,
	"Metrics.Set":               domain.SetMetrics,
	"Comparisons.Compare":       domain.CompareResults,
	"Comparisons.CompareAtOnce": domain.CompareResults,
	"Comparisons.Distribute":    domain.DistributionResults,
	"Comparisons.Plot":          domain.SeriesResults,
	"Comparisons.Follow":        domain.TrendResults,
	"Comparisons.Survey":        domain.CompareResults,
	"Comparisons.Version":       domain.CompareResults,

	"Tags.Alike": domain.CreateTag,
	"Tags.Twins": domain.UpdateTag,

	"Sessions.ListOwn": domain.ListOwnSessions,
	"Sessions.EndOwn":  domain.EndOwnSessions,
}

// useCasesOf returns the exported methods of all services, by name. It leaves out Access,
// which finds out who asks, and what works for use cases.
func useCasesOf(services *service.Services) map[string]reflect.Value {
	found := map[string]reflect.Value{}
	all := reflect.ValueOf(services).Elem()
	for i := range all.NumField() {
		name := all.Type().Field(i).Name
		if slices.Contains([]string{"Access", "Browsers", "Images", "Requests", "Refusals", "Trail"}, name) {
			continue
		}
		one := all.Field(i)
		for j := range one.NumMethod() {
			found[name+"."+one.Type().Method(j).Name] = one.Method(j)
		}
	}
	return found
}

func TestEveryUseCaseAsksForAnOperationOfTheTable(t *testing.T) {
	var asked []domain.Operation
	for name, method := range useCasesOf(newWorld(t).Services) {
		form := method.Type()
		if form.NumIn() < 2 || form.In(0) != reflect.TypeFor[context.Context]() || form.In(1) != reflect.TypeFor[domain.Caller]() {
			t.Errorf("%s is a %s, want a context and a caller first", name, form)
		}
		operation, ok := useCases[name]
		if !ok {
			t.Errorf("%s asks for no operation", name)
		}
		asked = append(asked, operation)
	}
	if len(asked) != len(useCases) {
		t.Errorf("%d use cases, want %d", len(asked), len(useCases))
	}
	for _, operation := range domain.Operations() {
		isJob := operation == domain.ListMails || operation == domain.RetryMails // package maintenance compares them
		if operation.Right != domain.OperatorOnly && !isJob && !slices.Contains(asked, operation) {
			t.Errorf("no use case asks for %s", operation.ID)
		}
	}
}

// callUseCase calls a use case with the zero values of its further arguments.
func callUseCase(t *testing.T, method reflect.Value, caller domain.Caller) error {
	t.Helper()
	arguments := []reflect.Value{reflect.ValueOf(t.Context()), reflect.ValueOf(caller)}
	for i := len(arguments); i < method.Type().NumIn(); i++ {
		arguments = append(arguments, zero(method.Type().In(i)))
	}
	results := method.Call(arguments)
	err, _ := results[len(results)-1].Interface().(error)
	return err
}

// zero is the zero value of the type. A query asks for the first page.
func zero(argument reflect.Type) reflect.Value {
	value := reflect.New(argument).Elem()
	if argument.Kind() == reflect.Func {
		return reflect.MakeFunc(argument, func([]reflect.Value) (out []reflect.Value) {
			for i := range argument.NumOut() {
				out = append(out, reflect.Zero(argument.Out(i)))
			}
			return out
		})
	}
	if argument.Kind() == reflect.Struct {
		if page := value.FieldByName("Page"); page.IsValid() {
			page.Set(reflect.ValueOf(wholeList.Page))
		}
		if argument == reflect.TypeFor[domain.PageRequest]() {
			value.Set(reflect.ValueOf(wholeList.Page))
		}
	}
	return value
}

// TestEveryUseCaseAsEveryCaller compares each use case with the table: a caller without the
// right gets the table's error before anything is read, and a caller with the right gets
// past the table.
func TestEveryUseCaseAsEveryCaller(t *testing.T) {
	untouched := service.New(service.Dependencies{Storage: untouchable{}, Clock: untouchable{}})
	refused := useCasesOf(untouched)
	for name, operation := range useCases {
		w := newWorld(t)
		w.person("user")
		w.person("root", adminEntitlement)
		w.token("newcomer")
		for kind, caller := range map[string]domain.Caller{
			"anonymous": {}, "newcomer": w.caller("newcomer"), "user": w.caller("user"),
			"administrator": w.caller("root"), "operator": domain.Operator(),
		} {
			if want := caller.May(operation); want != nil {
				if err := callUseCase(t, refused[name], caller); err != want { //nolint:errorlint // the very error
					t.Errorf("%s as %s: %v, want %v", name, kind, err, want)
				}
				continue
			}
			err := callUseCase(t, useCasesOf(w.Services)[name], caller)
			if k := domain.KindOf(err); k == domain.Forbidden || k == domain.Unauthenticated {
				t.Errorf("%s as %s: %v, although the table lets them in", name, kind, err)
			}
		}
	}
}

// untouchable panics when a use case reads or asks the time.
type untouchable struct {
	ports.Storage
	ports.Clock
}
