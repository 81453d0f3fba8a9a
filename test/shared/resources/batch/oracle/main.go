// Tells when schedules are due by the library that upstream's controller uses: a JSON question a line on stdin, a JSON answer a line on stdout.
package main

import (
	"bufio"
	"encoding/json"
	"fmt"
	"os"
	"time"

	"github.com/robfig/cron/v3"
)

type question struct {
	Schedule string `json:"schedule"`
	AfterMs  int64  `json:"afterMs"`
	Count    int    `json:"count"`
}

type answer struct {
	Error string  `json:"error,omitempty"`
	Times []int64 `json:"times"`
}

func parse(text string) (schedule cron.Schedule, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("invalid schedule format: %v", r)
		}
	}()
	return cron.ParseStandard(text)
}

func main() {
	time.Local = time.UTC
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		var q question
		if err := json.Unmarshal(lines.Bytes(), &q); err != nil {
			panic(err)
		}
		result := answer{Times: []int64{}}
		schedule, err := parse(q.Schedule)
		if err != nil {
			result.Error = err.Error()
		} else {
			t := time.UnixMilli(q.AfterMs)
			for i := 0; i < q.Count; i++ {
				t = schedule.Next(t)
				if t.IsZero() {
					break
				}
				result.Times = append(result.Times, t.UnixMilli())
			}
		}
		text, _ := json.Marshal(result)
		fmt.Println(string(text))
	}
}
