package registry

import "context"

// Off takes every image for existing: the look-up is switched off.
type Off struct{}

// Digest implements ports.ImageRegistry; it contacts nobody.
func (Off) Digest(context.Context, string, string) (string, error) { return "", nil }
