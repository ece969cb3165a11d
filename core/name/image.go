package name

import (
	"regexp"
	"strings"
)

// The grammar of names of container images: that of the OCI Distribution Specification 1.1,
// "Pulling manifests", behind the name of a registry. Such a name has no tag, so that
// IMAGE:TAG belongs to one image and one tag only.
var (
	registryForm = regexp.MustCompile(
		`^([a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*|\[[0-9a-f:.]+\])(:[0-9]{1,5})?$`)
	repositoryForm = regexp.MustCompile(`^[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*(/[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*)*$`)
	tagForm        = regexp.MustCompile(`^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$`)
)

// longestImage is the longest name of an image with its registry, in bytes, that programs
// take (the same chapter).
const longestImage = 255

// ImageFault returns what is wrong with the name of a container image, as a sentence for who
// sent it; "" if nothing is.
func ImageFault(image string) string {
	const form = "Not the name of a container image: NAME or REGISTRY/NAME in lower case, like quay.io/team/image"
	_, repository := splitImage(image)
	switch {
	case image == "":
		return empty
	case len(image) > longestImage:
		return tooLong(image, longestImage)
	case strings.Contains(image, "@"):
		return form + ". A digest is not part of it."
	case strings.Contains(repository, ":"):
		return form + ". The tag is not part of it: it has a field of its own."
	case !repositoryForm.MatchString(repository):
		return form + "."
	}
	return ""
}

// splitImage splits off the registry, which has a dot or a port, or is localhost.
func splitImage(image string) (registry, repository string) {
	first, rest, found := strings.Cut(image, "/")
	if found && (strings.ContainsAny(first, ".:") || first == "localhost") && registryForm.MatchString(first) {
		return first, rest
	}
	return "", image
}

// TagFault returns what is wrong with the tag of a container image, as a sentence for who
// sent it; "" if nothing is.
func TagFault(tag string) string {
	switch {
	case tag == "":
		return empty
	case !tagForm.MatchString(tag):
		return "Not the tag of a container image: at most 128 letters, digits, and the characters _ . - of which the first is no . or -"
	}
	return ""
}

// SameImage returns the shortest of the names that lead to the same image: Docker Hub is
// where images without a registry are, and library where those without a folder are.
func SameImage(image string) string {
	registry, repository := splitImage(image)
	switch registry {
	case "", "docker.io", "index.docker.io":
		return strings.TrimPrefix(repository, "library/")
	}
	return image
}
