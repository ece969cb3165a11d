package http

import (
	"context"
	"errors"
	"math"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"golang.org/x/sync/semaphore"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

const (
	// freeRoom is how many bytes a request may read before it asks for room: as many
	// as a full page of usual results has, so that these never wait.
	freeRoom = 512 << 10
	// roomPatience is how long a request waits for room.
	roomPatience = 10 * time.Second
)

// memory bounds what all requests under way hold of what was read for them, and of
// what they brought.
type memory struct {
	// bytes are how many there are in all.
	bytes int64
	room  *semaphore.Weighted
}

func newMemory(bytes int) *memory {
	return &memory{bytes: int64(bytes), room: semaphore.NewWeighted(int64(bytes))}
}

// hold waits for room for so many bytes, of which a request may have freeRoom anyway,
// or for all room if there is less. The error is Unavailable.
func (m *memory) hold(ctx context.Context, bytes int) (release func(), err error) {
	wanted := min(int64(bytes)-freeRoom, m.bytes)
	if wanted <= 0 {
		return func() {}, nil
	}
	ctx, cancel := context.WithTimeout(ctx, roomPatience)
	defer cancel()
	if err := m.room.Acquire(ctx, wanted); err != nil {
		return nil, domain.UnavailableFor(retryAfter, "Too many large requests are under way. Ask for less at once, by per_page, or try again later", err)
	}
	return func() { m.room.Release(wanted) }, nil
}

// reserve gives a request room, and takes it back when the request was answered.
func (m *memory) reserve(c *gin.Context) {
	s := &reservation{memory: m, free: freeRoom}
	defer s.release()
	c.Request = c.Request.WithContext(ports.WithRoom(c.Request.Context(), s))
	c.Next()
}

// reservation is the room of one request. It asks for what it needs as it reads, for
// nobody knows before how much that is. If there is no more, it cannot wait: others
// would wait for what it holds. So it gives back everything and waits until it may
// have all there is; then it reads once more, however much that is.
type reservation struct {
	memory *memory
	mutex  sync.Mutex
	// free is left of freeRoom, taken is what it has of the memory.
	free, taken int64
	// alone: it has all there is.
	alone bool
}

// Take implements ports.Room.
func (s *reservation) Take(bytes int) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	wanted := int64(bytes)
	covered := min(wanted, s.free)
	s.free, wanted = s.free-covered, wanted-covered
	if wanted == 0 || s.alone {
		return nil
	}
	if !s.memory.room.TryAcquire(wanted) {
		return ports.ErrNoRoom
	}
	s.taken += wanted
	return nil
}

// takeAll waits for all the room there is. The error is Unavailable.
func (s *reservation) takeAll(ctx context.Context) error {
	s.release()
	if _, err := s.memory.hold(ctx, math.MaxInt); err != nil {
		return err
	}
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.taken, s.alone = s.memory.bytes, true
	return nil
}

// release gives back what the request has.
func (s *reservation) release() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.memory.room.Release(s.taken)
	s.free, s.taken, s.alone = freeRoom, 0, false
}

// inRoom runs a use case that reads, once more where it needs all the room there is.
func inRoom[O any](ctx context.Context, read func() (O, error)) (O, error) {
	out, err := read()
	s, bounded := ports.RoomOf(ctx).(*reservation)
	if !bounded || !errors.Is(err, ports.ErrNoRoom) {
		return out, err
	}
	var nothing O
	out = nothing
	if err := s.takeAll(ctx); err != nil {
		return out, err
	}
	return read()
}
