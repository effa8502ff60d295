package troupe

import (
	"math"
	"time"
)

// A component imports it only if its source calls Sleep.
//
//go:wasmimport troupe:actor/timers@0.1.0 sleep
func timersSleep(ms uint32)

func sleep(duration time.Duration) {
	// Rounded up: nobody may be back before the time.
	for ms := (max(duration, 0) + time.Millisecond - 1) / time.Millisecond; ms > 0; {
		now := min(ms, math.MaxUint32)
		timersSleep(uint32(now))
		ms -= now
	}
}
