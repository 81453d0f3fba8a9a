// Asks the library that upstream's API server uses: a JSON question a line on stdin, a JSON answer a line on stdout.
// The only argument is the file of client-go that has the schema of all built-in types.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"os"
	"strings"

	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
	"sigs.k8s.io/structured-merge-diff/v6/merge"
	"sigs.k8s.io/structured-merge-diff/v6/typed"
	"sigs.k8s.io/structured-merge-diff/v6/value"
)

type manager struct {
	Fields  json.RawMessage `json:"fields"`
	Applied bool            `json:"applied"`
}

type question struct {
	Op       string             `json:"op"`
	Type     string             `json:"type"`
	A        json.RawMessage    `json:"a"`
	B        json.RawMessage    `json:"b"`
	Managers map[string]manager `json:"managers"`
	Manager  string             `json:"manager"`
	Force    bool               `json:"force"`
}

type oneVersion struct{}

func (oneVersion) Convert(object *typed.TypedValue, _ fieldpath.APIVersion) (*typed.TypedValue, error) {
	return object, nil
}
func (oneVersion) IsMissingVersionError(error) bool { return false }

func set(raw json.RawMessage) *fieldpath.Set {
	s := &fieldpath.Set{}
	must(s.FromJSON(bytes.NewReader(raw)))
	return s
}

func fields(s *fieldpath.Set) json.RawMessage {
	raw, err := s.ToJSON()
	must(err)
	return raw
}

func must(err error) {
	if err != nil {
		panic(err)
	}
}

func object(raw json.RawMessage) interface{} {
	v, err := value.FromJSON(raw)
	must(err)
	return v.Unstructured()
}

func answer(parser *typed.Parser, q question) (out interface{}) {
	defer func() {
		if r := recover(); r != nil {
			if err, ok := r.(error); ok {
				out = map[string]string{"error": err.Error()}
				return
			}
			panic(r)
		}
	}()
	of := func(raw json.RawMessage, opts ...typed.ValidationOptions) *typed.TypedValue {
		t, err := parser.Type(q.Type).FromUnstructured(object(raw), opts...)
		must(err)
		return t
	}
	switch q.Op {
	case "read":
		return fields(set(q.A))
	case "union":
		return fields(set(q.A).Union(set(q.B)))
	case "intersection":
		return fields(set(q.A).Intersection(set(q.B)))
	case "difference":
		return fields(set(q.A).Difference(set(q.B)))
	case "recursiveDifference":
		return fields(set(q.A).RecursiveDifference(set(q.B)))
	case "leaves":
		return fields(set(q.A).Leaves())
	case "named":
		t := of(q.B, typed.AllowDuplicates)
		return fields(set(q.A).EnsureNamedFieldsAreMembers(t.Schema(), t.TypeRef()))
	case "reconcile":
		s, err := typed.ReconcileFieldSetWithSchema(set(q.A), of(q.B, typed.AllowDuplicates))
		must(err)
		if s == nil {
			s = set(q.A)
		}
		return fields(s)
	case "paths":
		return strings.Split(set(q.A).String(), "\n")
	case "validate":
		of(q.A)
		return "valid"
	case "toFieldSet":
		s, err := of(q.A, typed.AllowDuplicates).ToFieldSet()
		must(err)
		return fields(s)
	case "compare":
		c, err := of(q.A, typed.AllowDuplicates).Compare(of(q.B, typed.AllowDuplicates))
		must(err)
		return map[string]json.RawMessage{"added": fields(c.Added), "modified": fields(c.Modified), "removed": fields(c.Removed)}
	case "merge":
		m, err := of(q.A, typed.AllowDuplicates).Merge(of(q.B))
		must(err)
		return m.AsValue().Unstructured()
	case "remove":
		return of(q.A, typed.AllowDuplicates).RemoveItems(set(q.B)).AsValue().Unstructured()
	case "apply", "update":
		managed := fieldpath.ManagedFields{}
		for name, one := range q.Managers {
			managed[name] = fieldpath.NewVersionedSet(set(one.Fields), "v1", one.Applied)
		}
		updater := (&merge.UpdaterBuilder{Converter: oneVersion{}}).BuildUpdater()
		live := of(q.A, typed.AllowDuplicates)
		var result *typed.TypedValue
		var after fieldpath.ManagedFields
		var err error
		if q.Op == "apply" {
			result, after, err = updater.Apply(live, of(q.B), "v1", managed, q.Manager, q.Force)
		} else {
			result, after, err = updater.Update(live, of(q.B, typed.AllowDuplicates), "v1", managed, q.Manager)
		}
		if conflicts, ok := err.(merge.Conflicts); ok {
			return map[string]interface{}{"conflicts": fields(conflicts.ToSet())}
		}
		must(err)
		managers := map[string]json.RawMessage{}
		for name, one := range after {
			managers[name] = fields(one.Set())
		}
		out := map[string]interface{}{"managers": managers}
		if result != nil {
			out["object"] = result.AsValue().Unstructured()
		}
		return out
	}
	panic("no operation " + q.Op)
}

func main() {
	source, err := os.ReadFile(os.Args[1])
	must(err)
	_, rest, _ := strings.Cut(string(source), "schemaYAML = typed.YAMLObject(`")
	schema, _, _ := strings.Cut(rest, "`)")
	parser, err := typed.NewParser(typed.YAMLObject(schema))
	must(err)
	in := bufio.NewReaderSize(os.Stdin, 1<<20)
	out := json.NewEncoder(os.Stdout)
	out.SetEscapeHTML(false)
	for {
		line, err := in.ReadBytes('\n')
		if err != nil {
			return
		}
		var q question
		must(json.Unmarshal(line, &q))
		must(out.Encode(answer(parser, q)))
	}
}
