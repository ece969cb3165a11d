package devprovider

import (
	"strconv"
	"testing"
	"time"
)

func newTestStore(t *testing.T, size int) (*expiring[int], *time.Time) {
	t.Helper()
	s, err := newExpiring[int](size, time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1_700_000_000, 0)
	s.now = func() time.Time { return now }
	return s, &now
}

func TestValuesExpireAfterTheirTime(t *testing.T) {
	s, now := newTestStore(t, 10)
	if expires := s.put("a", 1); !expires.Equal(now.Add(time.Minute)) {
		t.Errorf("expires %s, want in a minute", expires)
	}
	*now = now.Add(59 * time.Second)
	if value, _, ok := s.get("a"); !ok || value != 1 {
		t.Errorf("before its time: got %d, %v", value, ok)
	}
	s.change("a", func(v *int) bool { *v = 2; return true })
	*now = now.Add(time.Second)
	if value, _, ok := s.get("a"); ok {
		t.Errorf("after its time, changed or not: got %d", value)
	}
	s.put("b", 3)
	if n := s.values.Len(); n != 1 {
		t.Errorf("%d values are stored, want only the one that has not expired", n)
	}
}

func TestStoreIsBoundedAndDropsTheOldest(t *testing.T) {
	s, _ := newTestStore(t, 3)
	for i := range 5 {
		s.put(strconv.Itoa(i), i)
		// Reading the first value does not make it younger.
		_, _, _ = s.get("0")
	}
	for i := range 5 {
		if _, _, ok := s.get(strconv.Itoa(i)); ok != (i >= 2) {
			t.Errorf("value %d is stored: %v", i, ok)
		}
	}
}

func TestValuesAreTakenAndChangedOnce(t *testing.T) {
	s, _ := newTestStore(t, 3)
	s.put("a", 1)
	if s.change("a", func(*int) bool { return false }) || s.change("b", func(*int) bool { return true }) {
		t.Error("changed what must not be changed, or is not there")
	}
	if value, ok := s.take("a"); !ok || value != 1 {
		t.Errorf("take: got %d, %v", value, ok)
	}
	if _, ok := s.take("a"); ok {
		t.Error("taken twice")
	}
}
