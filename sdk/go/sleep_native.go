//go:build !wasip1

package troupe

import "time"

func sleep(duration time.Duration) { time.Sleep(duration) }
