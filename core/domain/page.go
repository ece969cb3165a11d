package domain

// PageRequest asks for one page of a list.
type PageRequest struct {
	// Number counts from 1.
	Number int
	// Size is the largest number of items on the page, from 1 to 100.
	Size int
}

// Offset is the number of items before the page.
func (r PageRequest) Offset() int { return (r.Number - 1) * r.Size }

// Page is one page of a list.
type Page[T any] struct {
	PageRequest
	Items []T
	// Total is the number of items on all pages.
	Total int
}

// Pages is the number of pages, 0 for an empty list.
func (p Page[T]) Pages() int { return (p.Total + p.Size - 1) / p.Size }

// Exists is true if the list has this page. Every list has the first page.
func (p Page[T]) Exists() bool { return p.Number == 1 || p.Number <= p.Pages() }
