package domain

// PageRequest asks for one page of a list.
type PageRequest struct {
	// Number counts from 1.
	Number int
	// Size is 1 to 100.
	Size int
}

// Offset is how many items come before the page.
func (r PageRequest) Offset() int { return (r.Number - 1) * r.Size }

// Page is a part of a list.
type Page[T any] struct {
	PageRequest
	Items []T
	// Total counts the items of all pages.
	Total int
}

// Pages counts the pages, 0 if there is nothing.
func (p Page[T]) Pages() int { return (p.Total + p.Size - 1) / p.Size }

// Exists tells whether there is such a page; the first one always is.
func (p Page[T]) Exists() bool { return p.Number == 1 || p.Number <= p.Pages() }
