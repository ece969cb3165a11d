package mail

import (
	"context"
	"fmt"
)

// Check connects to the server, and logs in where that is wanted; it sends nothing.
func (s *SMTP) Check(ctx context.Context) error {
	c, err := s.begin(ctx)
	if err != nil {
		return fmt.Errorf("mail server %s: %w", s.address(), err)
	}
	c.end()
	return nil
}
