package config

// Shown is a setting as an operator may see it.
type Shown struct {
	Name, Help string
	// Value is the text that counts, and for a secret only whether there is one.
	Value string
	// IsDefault is true if nobody has set the setting.
	IsDefault bool
}

// Shown returns all settings in the order of the documentation, without secrets.
func (c *Config) Shown() []Shown { return c.shown }

func (l *loader) shown() []Shown {
	list := make([]Shown, len(settings))
	for i, setting := range settings {
		shown := Shown{Name: setting.Name, Help: setting.Help, Value: l.values.GetString(setting.Name), IsDefault: !l.given(setting.Name)}
		if setting.Secret && shown.Value != "" {
			shown.Value = "set"
		}
		list[i] = shown
	}
	return list
}
