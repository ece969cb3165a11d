package http

import (
	"context"
	"errors"
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
	room *semaphore.Weighted
	// beside is for one request at a time that found no room: it takes none. Nobody
	// waits for the room itself, where one who waits for much keeps others from little.
	beside *semaphore.Weighted
}

func newMemory(bytes int) *memory {
	return &memory{room: semaphore.NewWeighted(int64(bytes)), beside: semaphore.NewWeighted(1)}
}

// hold takes room for so many bytes, of which a request may have freeRoom anyway, or
// waits until it is the one beside it. The error is Unavailable.
func (m *memory) hold(ctx context.Context, bytes int) (release func(), err error) {
	wanted := int64(bytes) - freeRoom
	switch {
	case wanted <= 0:
		return func() {}, nil
	case m.room.TryAcquire(wanted):
		return func() { m.room.Release(wanted) }, nil
	default:
		return m.wait(ctx)
	}
}

// wait waits for being the one request beside the room. The error is Unavailable.
func (m *memory) wait(ctx context.Context) (release func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, roomPatience)
	defer cancel()
	if err := m.beside.Acquire(ctx, 1); err != nil {
		return nil, domain.UnavailableFor(retryAfter, "Too many large requests are under way. Ask for less at once, by per_page, or try again later", err)
	}
	return func() { m.beside.Release(1) }, nil
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
// would wait for what it holds. So it gives back everything and waits until it is the
// one beside the room; then it reads once more, however much that is.
type reservation struct {
	memory *memory
	mutex  sync.Mutex
	// free is left of freeRoom, taken is what it has of the memory.
	free, taken int64
	// leave ends being the one beside the room; nil if it is not.
	leave func()
}

// Take implements ports.Room.
func (s *reservation) Take(bytes int) error {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	wanted := int64(bytes)
	covered := min(wanted, s.free)
	s.free, wanted = s.free-covered, wanted-covered
	if wanted == 0 || s.leave != nil {
		return nil
	}
	if !s.memory.room.TryAcquire(wanted) {
		return ports.ErrNoRoom
	}
	s.taken += wanted
	return nil
}

// wait waits for being the one beside the room. The error is Unavailable.
func (s *reservation) wait(ctx context.Context) error {
	s.release()
	leave, err := s.memory.wait(ctx)
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.leave = leave
	return err
}

// release gives back what the request has.
func (s *reservation) release() {
	s.mutex.Lock()
	defer s.mutex.Unlock()
	s.memory.room.Release(s.taken)
	if s.leave != nil {
		s.leave()
	}
	s.free, s.taken, s.leave = freeRoom, 0, nil
}

// inRoom runs a use case that reads, once more where there was no room for it.
func inRoom[O any](ctx context.Context, read func() (O, error)) (O, error) {
	out, err := read()
	s, bounded := ports.RoomOf(ctx).(*reservation)
	if !bounded || !errors.Is(err, ports.ErrNoRoom) {
		return out, err
	}
	var nothing O
	out = nothing
	if err := s.wait(ctx); err != nil {
		return out, err
	}
	return read()
}
