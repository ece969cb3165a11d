package config

import (
	"fmt"
	"strings"
)

// Problem is one wrong or missing setting.
type Problem struct {
	// Setting is the name of the setting, or the number of a line in .env.
	Setting string
	// Message says what is wrong and what to do. It never contains a secret.
	Message string
}

// Problems are all wrong or missing settings.
type Problems []Problem

// Error returns a heading, and a line for each problem.
func (p Problems) Error() string {
	var text strings.Builder
	text.WriteString("these settings are missing or wrong:")
	for _, problem := range p {
		fmt.Fprintf(&text, "\n  %s: %s", problem.Setting, problem.Message)
	}
	return text.String()
}
