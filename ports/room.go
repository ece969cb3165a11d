package ports

import "context"

// Room is the memory that what a request reads may fill. A storage takes it row by
// row, so that it holds one row more than there is room for at most.
type Room interface {
	// Take takes room for so many bytes, until the request has been answered. After
	// ErrNoRoom nothing more is read, and what was read is let go.
	Take(bytes int) error
}

type roomKey struct{}

// WithRoom gives what is read in the context no more room than this.
func WithRoom(ctx context.Context, room Room) context.Context {
	return context.WithValue(ctx, roomKey{}, room)
}

// RoomOf returns the room of the context, nil if there is no bound.
func RoomOf(ctx context.Context) Room {
	room, _ := ctx.Value(roomKey{}).(Room)
	return room
}
