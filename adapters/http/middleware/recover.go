package middleware

import (
	"log/slog"
	"net/http"
	"runtime/debug"

	"github.com/gin-gonic/gin"

	"github.com/eosc-perf/backend/adapters/http/problem"
)

// Recover answers 500 where a handler panics, and logs cause and stack.
func Recover(log *slog.Logger) gin.HandlerFunc {
	return func(c *gin.Context) {
		defer answerPanic(c, log)
		c.Next()
	}
}

func answerPanic(c *gin.Context, log *slog.Logger) {
	cause := recover()
	if cause == nil {
		return
	}
	if cause == http.ErrAbortHandler { //nolint:errorlint // net/http compares it so
		panic(cause)
	}
	log.ErrorContext(c.Request.Context(), "panic", "cause", cause, "stack", string(debug.Stack()))
	if !c.Writer.Written() {
		problem.New(http.StatusInternalServerError, nil).Write(c.Writer)
	}
}
