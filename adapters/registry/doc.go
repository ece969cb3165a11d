// Package registry asks registries of container images whether an image exists
// (OCI Distribution Specification). It implements ports.ImageRegistry.
//
// Names come from strangers and choose whom to ask: every request, redirects and
// those for tokens included, passes a guard that lets it go to listed hosts only.
package registry
