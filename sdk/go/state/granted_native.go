//go:build !wasip1

package state

func granted() Calls {
	panic("there is no state here: give the test one, by troupetest.Envelope{State: troupetest.NewState()}")
}
