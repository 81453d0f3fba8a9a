// Asks upstream's own library: a pod template in JSON a line on stdin, its printed form on stdout, as a JSON string a line.
package main

import (
	"bufio"
	"encoding/json"
	"os"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/dump"
)

func main() {
	lines := bufio.NewScanner(os.Stdin)
	lines.Buffer(nil, 1<<24)
	answers := json.NewEncoder(os.Stdout)
	answers.SetEscapeHTML(false)
	for lines.Scan() {
		// As a controller gets it: by way of protobuf.
		var sent, got corev1.PodTemplateSpec
		if err := json.Unmarshal(lines.Bytes(), &sent); err != nil {
			panic(err)
		}
		bytes, err := sent.Marshal()
		if err != nil {
			panic(err)
		}
		if err := got.Unmarshal(bytes); err != nil {
			panic(err)
		}
		if err := answers.Encode(dump.ForHash(got)); err != nil {
			panic(err)
		}
	}
}
