package draw

// What tests look at.
func (l Lanes) LaneMarks(i int) []Mark { return l.lane(l.Rows[i]) }

func (l Lanes) GridMarks() []Mark { return l.grid() }

func (l Laid) Marks() []Mark { return l.marks() }

func (s Strip) Marks() []Mark { return s.marks() }

func (s Shares) Marks() []Mark { return s.marks() }

func (t Trend) Marks() []Mark { return t.marks() }

var Measured, Visible = measured, visible
