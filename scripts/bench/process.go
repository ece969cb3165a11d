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

// tick is the unit of processor time in /proc. It is the same on all current machines with
// Linux.
const tick = 10 * time.Millisecond

// stat are the values of a process in /proc.
type stat struct {
	parent int
	// own is the processor time of the process, ended the processor time of its children
	// that have ended.
	own, ended time.Duration
}

// The positions in /proc/PID/stat, counted after the name: proc_pid_stat(5).
const (
	parentField = 1
	timesField  = 11 // utime, stime, cutime, cstime
)

func statOf(pid int) (stat, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return stat{}, err
	}
	// The name is in brackets, and may contain any character.
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

// processorTime returns the processor time of a process and its children, also of children
// that have ended.
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
		// A child that has ended meanwhile counts next time.
		if s, err := statOf(child); err == nil && s.parent == pid {
			total += s.own
		}
	}
	return total, nil
}

// peakMB returns the largest memory that the process had so far.
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
