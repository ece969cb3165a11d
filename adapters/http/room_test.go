package http

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/eosc-perf/backend/core/domain"
	"github.com/eosc-perf/backend/ports"
)

// reading is a request that reads so many bytes.
func reading(m *memory) (context.Context, *reservation) {
	r := &reservation{memory: m, free: freeRoom}
	return ports.WithRoom(context.Background(), r), r
}

func take(ctx context.Context, bytes int) func() (string, error) {
	return func() (string, error) {
		if err := ports.RoomOf(ctx).Take(bytes); err != nil {
			return "", err
		}
		return "read", nil
	}
}

const testMemory = 1 << 20

func TestUsualAnswersNeedNoRoom(t *testing.T) {
	m := newMemory(testMemory)
	large, _ := reading(m)
	if out, err := inRoom(large, take(large, 10*testMemory)); out != "read" || err != nil {
		t.Fatalf("one that is larger than all room is not read: %v", err)
	}
	usual, _ := reading(m)
	if out, err := inRoom(usual, take(usual, freeRoom)); out != "read" || err != nil {
		t.Errorf("there is no room for a usual one beside it: %v", err)
	}
}

// TestWhoWaitsForMuchKeepsNobodyFromLittle: somebody reads slowly what has a part of
// the room, others wait for more than there is.
func TestWhoWaitsForMuchKeepsNobodyFromLittle(t *testing.T) {
	m := newMemory(testMemory)
	slow, _ := reading(m)
	if _, err := inRoom(slow, take(slow, freeRoom+testMemory/4)); err != nil {
		t.Fatal(err)
	}
	for range 3 { // the first is the one beside the room, the others wait
		go func() {
			ctx, r := reading(m)
			defer r.release()
			_, _ = inRoom(ctx, take(ctx, 2*testMemory)) // it may not get it before the test ends
			<-t.Context().Done()
		}()
	}
	time.Sleep(50 * time.Millisecond)
	little, r := reading(m)
	if _, err := inRoom(little, take(little, freeRoom+testMemory/4)); err != nil || r.leave != nil {
		t.Errorf("a quarter of the room beside another quarter: %v", err)
	}
	release, err := m.hold(t.Context(), freeRoom+testMemory/4)
	if err != nil {
		t.Fatalf("a body: %v", err)
	}
	release()
}

func TestAnswersShareTheRoom(t *testing.T) {
	m := newMemory(testMemory)
	for range 4 {
		ctx, r := reading(m)
		if _, err := inRoom(ctx, take(ctx, freeRoom+testMemory/4)); err != nil || r.leave != nil {
			t.Fatalf("a quarter of the room: %v", err)
		}
	}
	ctx, _ := reading(m)
	if err := ports.RoomOf(ctx).Take(freeRoom + 1); !errors.Is(err, ports.ErrNoRoom) {
		t.Errorf("more than all of them: %v, want ErrNoRoom", err)
	}
}

// TestLargeAnswersWaitForEachOther: without holding what others wait for.
func TestLargeAnswersWaitForEachOther(t *testing.T) {
	m := newMemory(testMemory)
	first, holder := reading(m)
	if _, err := inRoom(first, take(first, 2*testMemory)); err != nil {
		t.Fatal(err)
	}
	const waiting = 4
	done := make(chan error, waiting)
	for range waiting {
		go func() {
			ctx, r := reading(m)
			defer r.release()
			_, err := inRoom(ctx, take(ctx, 2*testMemory))
			done <- err
		}()
	}
	select {
	case err := <-done:
		t.Fatalf("one did not wait: %v", err)
	case <-time.After(50 * time.Millisecond):
	}
	holder.release()
	for range waiting {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if !m.room.TryAcquire(testMemory) || !m.beside.TryAcquire(1) {
		t.Error("not all room was given back")
	}
}

func TestNoRoomInTimeIsUnavailable(t *testing.T) {
	m := newMemory(testMemory)
	first, _ := reading(m)
	if _, err := inRoom(first, take(first, 2*testMemory)); err != nil {
		t.Fatal(err)
	}
	ctx, _ := reading(m)
	ctx, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
	defer cancel()
	out, err := inRoom(ctx, take(ctx, 2*testMemory))
	if domain.KindOf(err) != domain.Unavailable || out != "" {
		t.Errorf("got %q, %v, want Unavailable", out, err)
	}
}
