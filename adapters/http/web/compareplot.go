package web

func (c *compared) plot() (Answer, error)   { return c.ranking() }
func (c *compared) spread() (Answer, error) { return c.ranking() }
func (c *compared) trend() (Answer, error)  { return c.ranking() }
