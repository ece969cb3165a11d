package devprovider

import (
	"fmt"
	"sync"
	"time"

	"github.com/hashicorp/golang-lru/v2/simplelru"
)

// shelf keeps values for a time, and no more than so many: the oldest has to
// go. It is safe for concurrent use.
type shelf[T any] struct {
	lifetime time.Duration
	now      func() time.Time

	mu     sync.Mutex
	values *simplelru.LRU[string, kept[T]]
}

type kept[T any] struct {
	value   T
	expires time.Time
}

func newShelf[T any](size int, lifetime time.Duration) (*shelf[T], error) {
	values, err := simplelru.NewLRU[string, kept[T]](size, nil)
	if err != nil {
		return nil, fmt.Errorf("make store: %w", err)
	}
	return &shelf[T]{lifetime: lifetime, now: time.Now, values: values}, nil
}

// put stores the value and returns when it expires.
func (s *shelf[T]) put(key string, value T) time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	for {
		_, oldest, ok := s.values.GetOldest()
		if !ok || now.Before(oldest.expires) {
			break
		}
		s.values.RemoveOldest()
	}
	expires := now.Add(s.lifetime)
	s.values.Add(key, kept[T]{value, expires})
	return expires
}

// get returns the value and when it expires.
func (s *shelf[T]) get(key string) (value T, expires time.Time, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.find(key)
}

// take returns the value and removes it: nobody gets it twice.
func (s *shelf[T]) take(key string) (T, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	value, _, ok := s.find(key)
	s.values.Remove(key)
	return value, ok
}

// change replaces the value, without letting it live longer, unless allow
// returns false. It tells whether it did.
func (s *shelf[T]) change(key string, allow func(*T) bool) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	value, expires, ok := s.find(key)
	if !ok || !allow(&value) {
		return false
	}
	s.values.Add(key, kept[T]{value, expires})
	return true
}

// find leaves the order alone: the oldest stays the first to go.
func (s *shelf[T]) find(key string) (value T, expires time.Time, ok bool) {
	k, ok := s.values.Peek(key)
	if !ok || !s.now().Before(k.expires) {
		return value, time.Time{}, false
	}
	return k.value, k.expires, true
}
