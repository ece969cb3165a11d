package registry

import "context"

// Off takes every image for existing: the look-up is switched off.
type Off struct{}

// Exists implements ports.ImageRegistry; it contacts nobody.
func (Off) Exists(context.Context, string, string) error { return nil }
