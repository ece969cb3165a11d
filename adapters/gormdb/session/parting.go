package session

import (
	"context"
	"time"
)

// Parting is how long a statement goes on when its request has ended. Most are done by then, and to break one off
// costs PostgreSQL the connection: who asks and leaves at once, again and again, would let the others wait for new ones.
const Parting = 100 * time.Millisecond

// outlasting returns a context that ends Parting after the given one, for transactions: the driver rolls back
// in the context in which it began. The caller calls end when the transaction has ended.
func outlasting(ctx context.Context) (outlasts context.Context, end func()) {
	outlasts, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { time.AfterFunc(Parting, cancel) })
	return outlasts, func() {
		stop()
		cancel()
	}
}
