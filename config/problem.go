package config

import (
	"fmt"
	"strings"
)

// Problem is one thing that is wrong with the settings.
type Problem struct {
	// Setting is the variable's name, or the place of a line in .env.
	Setting string
	// Message says what is wrong and what would be right. It never holds a secret.
	Message string
}

// Problems are all things that are wrong with the settings.
type Problems []Problem

// Error is a list of one line for each problem.
func (p Problems) Error() string {
	var text strings.Builder
	text.WriteString("these settings are missing or wrong:")
	for _, problem := range p {
		fmt.Fprintf(&text, "\n  %s: %s", problem.Setting, problem.Message)
	}
	return text.String()
}
