package troupe

import "time"

// Sleep waits. Other envelopes are handled meanwhile, and the time counts against the actor's timeout.
//
// [time.Sleep] works too, but keeps the processor busy and everybody else waiting, in steps of 100 ms: the runtime looks
// at the clock until the time has come. An actor that calls Sleep gets a new instance for each envelope, which takes
// some milliseconds more than one that is put back to where it began.
func Sleep(duration time.Duration) { sleep(duration) }
