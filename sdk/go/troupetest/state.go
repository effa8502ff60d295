package troupetest

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"troupe.dev/troupe"
	"troupe.dev/troupe/state"
)

// Bounds of the contract.
const (
	maxKeyBytes   = 512
	maxValueBytes = 1 << 20
	maxKeys       = 1000
	maxTTLMs      = 100 * 366 * 24 * 3600 * 1000
)

// State is a bucket in memory, with the contract's rules. Its time goes on only when it is told to. Given to several runs,
// the later ones find what the earlier ones left.
type State struct {
	entries map[string]kept
	version uint64
	now     uint64
}

type kept struct {
	value     []byte
	version   uint64
	expiresAt uint64
}

// NewState gives an empty bucket.
func NewState() *State { return &State{entries: map[string]kept{}} }

var _ state.Calls = (*State)(nil)

// Elapse lets time pass.
func (bucket *State) Elapse(duration time.Duration) { bucket.now += uint64(duration.Milliseconds()) }

// Text gives what is under a key; what Set has put there is JSON. It is empty where there is nothing.
func (bucket *State) Text(key string) string {
	if found, err := bucket.live(key); err == nil && found != nil {
		return string(found.value)
	}
	return ""
}

// Get gives what is under a key.
func (bucket *State) Get(key string) (*state.Entry, error) {
	found, err := bucket.live(key)
	if err != nil || found == nil {
		return nil, err
	}
	return &state.Entry{Value: slices.Clone(found.value), Version: found.version}, nil
}

// Set puts a value under a key.
func (bucket *State) Set(key string, value []byte, ttlMs *uint64) (uint64, error) {
	if err := checkKey(key); err != nil {
		return 0, err
	}
	expiresAt, err := bucket.expiry(ttlMs)
	if err != nil {
		return 0, err
	}
	return bucket.put(key, kept{value: value, expiresAt: expiresAt})
}

// Swap puts a value under a key if what is there has a version; without one, if nothing is there.
func (bucket *State) Swap(key string, expected *uint64, value []byte, ttlMs *uint64) (*uint64, error) {
	found, err := bucket.live(key)
	if err != nil {
		return nil, err
	}
	expiresAt, err := bucket.expiry(ttlMs)
	if err != nil {
		return nil, err
	}
	if (found == nil) != (expected == nil) || found != nil && found.version != *expected {
		return nil, nil
	}
	version, err := bucket.put(key, kept{value: value, expiresAt: expiresAt})
	return &version, err
}

// Delete removes what is under a key.
func (bucket *State) Delete(key string) (bool, error) {
	found, err := bucket.live(key)
	delete(bucket.entries, key)
	return found != nil, err
}

// Keys gives keys that begin with a prefix.
func (bucket *State) Keys(prefix string, after *string, limit uint32) ([]string, error) {
	if prefix != "" {
		if err := checkKey(prefix); err != nil {
			return nil, err
		}
	}
	if after != nil {
		if err := checkKey(*after); err != nil {
			return nil, err
		}
	}
	if limit < 1 || limit > maxKeys {
		return nil, refused("a limit is a whole number from 1 to %d", maxKeys)
	}
	keys := []string{}
	for key, entry := range bucket.entries {
		if strings.HasPrefix(key, prefix) && entry.expiresAt > bucket.now && (after == nil || key > *after) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys[:min(len(keys), int(limit))], nil
}

// Add adds to a counter.
func (bucket *State) Add(key string, delta int64) (int64, error) {
	found, err := bucket.live(key)
	if err != nil {
		return 0, err
	}
	var was int64
	expiresAt := uint64(math.MaxUint64)
	if found != nil {
		was, err = strconv.ParseInt(string(found.value), 10, 64)
		if err != nil || strconv.FormatInt(was, 10) != string(found.value) {
			return 0, &troupe.RefusedError{
				Code: "troupe.NotACounter", Message: fmt.Sprintf("What is under %q is no whole number", key),
			}
		}
		expiresAt = found.expiresAt
	}
	sum := was + delta
	if (sum > was) != (delta > 0) && delta != 0 {
		return 0, &troupe.RefusedError{
			Code: "troupe.CounterRange", Message: fmt.Sprintf("The counter %q would leave its range", key),
		}
	}
	_, err = bucket.put(key, kept{value: strconv.AppendInt(nil, sum, 10), expiresAt: expiresAt})
	return sum, err
}

// live gives what is there, if it is not gone by now.
func (bucket *State) live(key string) (*kept, error) {
	if err := checkKey(key); err != nil {
		return nil, err
	}
	found, ok := bucket.entries[key]
	if !ok || found.expiresAt <= bucket.now {
		return nil, nil
	}
	return &found, nil
}

func (bucket *State) put(key string, entry kept) (version uint64, err error) {
	if len(entry.value) > maxValueBytes {
		return 0, &troupe.RefusedError{
			Code:    "troupe.StateTooLarge",
			Message: fmt.Sprintf("The value has %d bytes and may have %d", len(entry.value), maxValueBytes),
		}
	}
	bucket.version++
	entry.version = bucket.version
	entry.value = slices.Clone(entry.value)
	bucket.entries[key] = entry
	return entry.version, nil
}

func (bucket *State) expiry(ttlMs *uint64) (uint64, error) {
	if ttlMs == nil {
		return math.MaxUint64, nil
	}
	if *ttlMs < 1 || *ttlMs > maxTTLMs {
		return 0, refused("a time to live is a whole number of milliseconds, from 1 to those of a hundred years")
	}
	return bucket.now + *ttlMs, nil
}

func checkKey(key string) error {
	if len(key) < 1 || len(key) > maxKeyBytes {
		return refused("a key has 1 to %d bytes of UTF-8", maxKeyBytes)
	}
	return nil
}

func refused(format string, arguments ...any) error {
	return &troupe.RefusedError{
		Code:    "troupe.BadStateRequest",
		Message: "The state cannot be asked for this: " + fmt.Sprintf(format, arguments...),
	}
}
