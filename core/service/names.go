package service

import (
	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/core/name"
)

// fieldFaults are what is wrong with the fields of an entity that is submitted or changed.
type fieldFaults map[string][]string

// check adds what is wrong with the value of a field. A value that is stored already, by an
// earlier version or another program, is not checked; stored is nil for a new entity.
func (f fieldFaults) check(field, value string, stored *string, fault func(string) string) {
	if stored != nil && *stored == value {
		return
	}
	if text := fault(value); text != "" {
		f[field] = append(f[field], text)
	}
}

// err returns the error of the fields, nil if nothing is wrong.
func (f fieldFaults) err() error {
	if len(f) == 0 {
		return nil
	}
	return domain.InvalidFields("", f)
}

// checkName returns the error of the name of a site, a flavor or a tag. The stored name is
// nil for a new entity.
func checkName(value string, stored *string) error {
	faults := fieldFaults{}
	faults.check("name", value, stored, name.Fault)
	return faults.err()
}

// benchmarkFaults are what is wrong with image, tag and URL of a benchmark; stored is nil for
// a new one.
func benchmarkFaults(in NewBenchmark, stored *domain.Benchmark) fieldFaults {
	var image, tag, url *string
	if stored != nil {
		image, tag, url = &stored.DockerImage, &stored.DockerTag, &stored.URL
	}
	faults := fieldFaults{}
	faults.check("docker_image", in.DockerImage, image, name.ImageFault)
	faults.check("docker_tag", in.DockerTag, tag, name.TagFault)
	faults.check("url", in.URL, url, name.URLFault)
	return faults
}
