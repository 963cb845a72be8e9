package history

// Payloads calls visit with a copy of each payload of a body and returns the body with what visit made of them. The
// body itself is shared between the run in memory and the record, and stays as it is.
func Payloads(b Body, visit func(*Payload) error) (Body, error) {
	var err error
	see := func(p *Payload) {
		if err == nil {
			err = visit(p)
		}
	}
	switch e := b.(type) {
	case *RunStarted:
		c := *e
		see(&c.Input)
		c.Config = append([]Setting(nil), e.Config...)
		for i := range c.Config {
			see(&c.Config[i].Value)
		}
		return &c, err
	case *ActivityScheduled:
		c := *e
		see(&c.Input)
		return &c, err
	case *StepScheduled:
		c := *e
		see(&c.Input)
		return &c, err
	case *ActivityCompleted:
		c := *e
		see(&c.Outcome.Result)
		return &c, err
	case *StepCompleted:
		c := *e
		see(&c.Outcome.Result)
		return &c, err
	case *RunCompleted:
		c := *e
		see(&c.Result)
		return &c, err
	case *RunFailed:
		c := *e
		see(&c.Result)
		return &c, err
	case *RunCancelled:
		c := *e
		see(&c.Result)
		return &c, err
	}
	return b, nil
}

// StatusOf is the status that a closing event gives to its run; StatusRunning for every other event.
func StatusOf(b Body) Status {
	switch b.(type) {
	case *RunCompleted:
		return StatusCompleted
	case *RunFailed:
		return StatusFailed
	case *RunCancelled:
		return StatusCancelled
	case *RunTerminated:
		return StatusTerminated
	case *RunTimedOut:
		return StatusTimedOut
	}
	return StatusRunning
}

// DescribeEnd fills the fields of info that tell of the event that closed its run. Another event leaves it as it is.
func DescribeEnd(info *RunSummary, closing Event) {
	if !StatusOf(closing.Body).Closed() {
		return
	}
	info.Status, info.Closed = StatusOf(closing.Body), closing.Time
	switch e := closing.Body.(type) {
	case *RunCompleted:
		info.Result = copyOf(e.Result)
	case *RunFailed:
		info.Result, info.Failure = copyOf(e.Result), copyOf(e.Failure)
	case *RunCancelled:
		info.Result, info.Failure = copyOf(e.Result), copyOf(e.Failure)
	case *RunTerminated:
		info.Reason = e.Reason
	}
}

func copyOf[T any](v T) *T { return &v }
