package service

// Idle tells whether no look-up is due or under way.
func (i *Images) Idle() bool {
	i.mutex.Lock()
	defer i.mutex.Unlock()
	return len(i.waiting) == 0
}
