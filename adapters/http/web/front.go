package web

func (s *Site) frontRoutes() []route {
	return []route{
		show("/{$}", s.front),
	}
}

// frontView is the view model of the front door.
type frontView struct{}

func (s *Site) front(r *Request) (Answer, error) {
	return Page{Template: "front", Model: frontView{}}, nil
}
