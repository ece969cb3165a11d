package service

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

const (
	// imageAge is the age from which what a registry said about an image is looked up again.
	imageAge = time.Hour
	// imageQueue is how many benchmarks wait for a look-up. If more are due, they wait for
	// their next upload.
	imageQueue = 100
)

// Images looks up in the background which content the tags of benchmarks' images name.
type Images struct {
	storage  ports.Storage
	registry ports.ImageRegistry
	clock    ports.Clock
	due      chan *domain.Benchmark

	mutex   sync.Mutex
	waiting map[uuid.UUID]bool
}

func newImages(storage ports.Storage, registry ports.ImageRegistry, clock ports.Clock) *Images {
	return &Images{
		storage: storage, registry: registry, clock: clock, due: make(chan *domain.Benchmark, imageQueue), waiting: map[uuid.UUID]bool{},
	}
}

// Refresh asks for a look-up if there was none within an hour. It does not wait.
func (i *Images) Refresh(b *domain.Benchmark) {
	if b.Image.CheckedAt != nil && i.clock.Now().Sub(*b.Image.CheckedAt) < imageAge {
		return
	}
	i.mutex.Lock()
	defer i.mutex.Unlock()
	if i.waiting[b.ID] {
		return
	}
	select {
	case i.due <- b:
		i.waiting[b.ID] = true
	default:
	}
}

// Run looks up what is due, one image after the other, until the context ends. It calls
// failed with errors of the storage.
func (i *Images) Run(ctx context.Context, failed func(error)) {
	for {
		select {
		case <-ctx.Done():
			return
		case b := <-i.due:
			if err := i.lookUp(ctx, b); err != nil && ctx.Err() == nil {
				failed(err)
			}
			i.mutex.Lock()
			delete(i.waiting, b.ID)
			i.mutex.Unlock()
		}
	}
}

// lookUp asks the registry, unless another server has asked within the hour. If the registry
// does not answer, or does not have the image any more, the digest of before stays.
func (i *Images) lookUp(ctx context.Context, b *domain.Benchmark) error {
	now := i.clock.Now()
	mine, err := i.storage.Repos().Benchmarks.ClaimImage(ctx, b.ID, now, now.Add(-imageAge))
	if err != nil || !mine {
		return err
	}
	digest, err := i.registry.Digest(ctx, b.DockerImage, b.DockerTag)
	if err != nil || digest == "" {
		return nil //nolint:nilerr // the registry's client has logged why; the next look-up is in an hour
	}
	err = i.storage.Repos().Benchmarks.SetImage(ctx, b.ID, b.DockerImage, b.DockerTag, digest)
	if errors.Is(err, ports.ErrNotFound) {
		return nil // it was removed or changed meanwhile
	}
	return err
}
