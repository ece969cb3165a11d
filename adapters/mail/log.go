// Package mail brings mails on their way. It implements ports.MailSender.
package mail

import (
	"context"
	"log/slog"

	"github.com/eosc-perf/backend/core/domain"
)

// Log writes mails to the log instead of sending them.
type Log struct{ Logger *slog.Logger }

// Send implements ports.MailSender; it does not fail.
func (l Log) Send(ctx context.Context, m *domain.OutgoingMail) ([]string, error) {
	attributes := []slog.Attr{
		slog.Any("id", m.ID), slog.String("to", m.To), slog.String("subject", m.Subject),
		slog.Bool("copy_support", m.CopySupport), slog.String("text", m.Text),
	}
	for name, value := range m.Headers {
		attributes = append(attributes, slog.String(name, value))
	}
	l.Logger.LogAttrs(ctx, slog.LevelInfo, "mail", attributes...)
	return nil, nil
}
