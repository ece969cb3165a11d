package registry

import (
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"

	"github.com/eosc-perf/backend/core/domain"
	names "github.com/eosc-perf/backend/core/name"
)

// dockerHub is how image names spell it; the library calls it by its host.
const dockerHub = "docker.io"

// parse reads an image and its tag, each for itself, so that neither can stand in
// for a part of the other. The core's grammar comes first: the library lets more
// through, dots that climb up in the path for example. The error is Invalid.
func (c *Client) parse(image, tag string) (name.Tag, error) {
	allowed := strings.Join(c.registries, ", ")
	repository, err := name.NewRepository(image)
	if err != nil || names.ImageFault(image) != "" {
		return name.Tag{}, domain.Invalidf(
			"the name is not of the form NAME or REGISTRY/NAME in lower case, with one of the registries %s", allowed,
		)
	}
	reference := repository.Tag(tag)
	if registry := registryName(reference); !slices.Contains(c.registries, registry) {
		return name.Tag{}, domain.Invalidf("%q is none of the registries that are allowed here, %s", registry, allowed)
	}
	if names.TagFault(tag) != "" {
		return name.Tag{}, domain.Invalidf("the tag is not made of at most 128 letters, digits, and the characters _ . -")
	}
	return reference, nil
}

// registryName is the registry as image names and the settings spell it.
func registryName(reference name.Tag) string {
	if registry := reference.RegistryStr(); registry != name.DefaultRegistry {
		return registry
	}
	return dockerHub
}
