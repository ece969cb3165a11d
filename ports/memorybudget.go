package ports

import "context"

// MemoryBudget is the memory that the rows which one request reads may fill. A storage
// takes from the budget row by row: at most one row more than the budget is in memory.
type MemoryBudget interface {
	// Take takes bytes from the budget until the request has been answered. After the
	// error ErrOverBudget the storage reads no further row and drops the rows that it has.
	Take(bytes int) error
}

type memoryBudgetKey struct{}

// WithMemoryBudget returns a context whose reads are charged to the budget.
func WithMemoryBudget(ctx context.Context, budget MemoryBudget) context.Context {
	return context.WithValue(ctx, memoryBudgetKey{}, budget)
}

// MemoryBudgetOf returns the budget of the context, nil if reads are not bounded.
func MemoryBudgetOf(ctx context.Context) MemoryBudget {
	budget, _ := ctx.Value(memoryBudgetKey{}).(MemoryBudget)
	return budget
}
