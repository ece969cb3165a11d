package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// tick is the unit of processor time in /proc, which is the same on all machines
// that Linux runs on today.
const tick = 10 * time.Millisecond

// stat is what /proc tells about a process.
type stat struct {
	parent int
	// own is the processor time of the process, ended that of its children that
	// have ended.
	own, ended time.Duration
}

// The places in /proc/PID/stat, counted after the name: proc_pid_stat(5).
const (
	parentField = 1
	timesField  = 11 // utime, stime, cutime, cstime
)

func statOf(pid int) (stat, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return stat{}, err
	}
	// The name is in brackets, and may hold any character.
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	numbers := make([]int64, timesField+4)
	for i := range numbers {
		if i >= len(fields) {
			return stat{}, fmt.Errorf("/proc/%d/stat: %s", pid, text)
		}
		numbers[i], _ = strconv.ParseInt(string(fields[i]), 10, 64) // the state is a letter
	}
	times := numbers[timesField:]
	return stat{
		parent: int(numbers[parentField]),
		own:    time.Duration(times[0]+times[1]) * tick,
		ended:  time.Duration(times[2]+times[3]) * tick,
	}, nil
}

// processorTime is that of a process and its children, those that have ended
// included.
func processorTime(pid int) (time.Duration, error) {
	own, err := statOf(pid)
	if err != nil {
		return 0, err
	}
	total := own.own + own.ended
	folders, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return 0, err
	}
	for _, folder := range folders {
		child, err := strconv.Atoi(filepath.Base(folder))
		if err != nil {
			continue
		}
		// One that has ended meanwhile counts the next time.
		if s, err := statOf(child); err == nil && s.parent == pid {
			total += s.own
		}
	}
	return total, nil
}

// peakMB is the most memory that the process ever had.
func peakMB(pid int) (float64, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(text)) {
		if value, ok := strings.CutPrefix(line, "VmHWM:"); ok {
			kib, err := strconv.ParseFloat(strings.Fields(value)[0], 64)
			return kib / 1024, err
		}
	}
	return 0, fmt.Errorf("/proc/%d/status tells no VmHWM", pid)
}
